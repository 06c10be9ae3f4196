//===- NpyTest.cpp - corners of NumPy's file format -----------------------===//

#include "Whorl/Runtime/Files.h"
#include <cstdio>
#include <cstring>
#include <filesystem>
#include <gtest/gtest.h>
#include <unistd.h>

using namespace whorl;

namespace {
class NpyTest : public testing::Test {
protected:
  void SetUp() override {
    std::string pattern = testing::TempDir() + "/whorl-npy-XXXXXX";
    ASSERT_NE(mkdtemp(pattern.data()), nullptr);
    folder = pattern;
    path = folder + "/x.npy";
  }
  void TearDown() override { std::filesystem::remove_all(folder); }

  void write(const std::string &bytes) {
    std::FILE *file = std::fopen(path.c_str(), "wb");
    ASSERT_NE(file, nullptr);
    std::fwrite(bytes.data(), 1, bytes.size(), file);
    std::fclose(file);
  }

  /// A file with this header and so many bytes 0, 1, 2, ... of data.
  void writeFile(const std::string &header, size_t count, char version = 1) {
    std::string bytes("\x93NUMPY", 6);
    bytes += version;
    bytes += '\0';
    for (int i = 0; i < (version == 1 ? 2 : 4); ++i)
      bytes += static_cast<char>(header.size() >> (8 * i));
    bytes += header;
    for (size_t i = 0; i < count; ++i)
      bytes += static_cast<char>(i);
    write(bytes);
  }

  /// What readNpy says after "cannot read 'PATH': ".
  std::string getError() {
    Result<HostTensor> tensor = readNpy(path);
    if (tensor)
      return "read " + tensor->describe();
    std::string start = "cannot read '" + path + "': ";
    EXPECT_EQ(tensor.error().substr(0, start.size()), start);
    return tensor.error().substr(start.size());
  }

  std::string folder, path;
};

TEST_F(NpyTest, EachTypeRoundTrips) {
  for (int i = 0; i <= static_cast<int>(DType::boolean); ++i) {
    auto dtype = static_cast<DType>(i);
    Result<HostTensor> tensor = HostTensor::create(dtype, {2, 3});
    for (int64_t k = 0; k < 6; ++k)
      tensor->set(k, dtype == DType::boolean ? double(k % 2) : double(k));
    ASSERT_TRUE(writeNpy(path, *tensor));
    Result<HostTensor> back = readNpy(path);
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->describe(), tensor->describe());
    EXPECT_EQ(
        std::memcmp(back->getData(), tensor->getData(), tensor->getNumBytes()),
        0);
  }
}

TEST_F(NpyTest, ShapesRoundTrip) {
  for (const std::vector<int64_t> &shape :
       {std::vector<int64_t>{}, {0}, {5}, {1, 0, 3}, {1, 2, 1, 2, 1}}) {
    Result<HostTensor> tensor = HostTensor::create(DType::f32, shape);
    ASSERT_TRUE(writeNpy(path, *tensor));
    Result<HostTensor> back = readNpy(path);
    ASSERT_TRUE(back) << back.error();
    EXPECT_EQ(back->getShape(), shape);
  }
}

/// Elements start at a multiple of 64 bytes, as NumPy has it.
TEST_F(NpyTest, DataIsAligned) {
  Result<HostTensor> tensor = HostTensor::create(DType::f32, {7});
  ASSERT_TRUE(writeNpy(path, *tensor));
  EXPECT_EQ((std::filesystem::file_size(path) - 28) % 64, 0u);
}

TEST_F(NpyTest, ReadsLaterVersions) {
  for (char version : {1, 2, 3}) {
    writeFile("{'descr': '|i1', 'fortran_order': False, 'shape': (2, 2), }", 4,
              version);
    EXPECT_EQ(getError(), "read tensor<2x2xi8>");
  }
  writeFile("{'descr': '|i1', 'fortran_order': False, 'shape': (2, 2), }", 4,
            4);
  EXPECT_EQ(getError(), "expected format version 1 to 3, got 4");
}

/// Python may write the dictionary in any order, without blanks.
TEST_F(NpyTest, ReadsOtherSpellings) {
  writeFile("{'shape':(4,),'fortran_order':False,'descr':'|u1'}\n", 4);
  EXPECT_EQ(getError(), "read tensor<4xu8>");
  writeFile("{'fortran_order': False, 'shape': (), 'descr': '<f4'}\n", 4);
  EXPECT_EQ(getError(), "read tensor<f32>");
}

TEST_F(NpyTest, RefusesWrongHeaders) {
  writeFile("{'fortran_order': False, 'shape': (4,)}", 4);
  EXPECT_EQ(getError(), "its header has no 'descr' of a plain type");
  writeFile("{'descr': [('a', '<f4')], 'fortran_order': False, 'shape': (1,)}",
            4);
  EXPECT_EQ(getError(), "its header has no 'descr' of a plain type");
  writeFile("{'descr': '|u1', 'fortran_order': False}", 4);
  EXPECT_EQ(getError(), "its header has no 'shape'");
  writeFile("{'descr': '|u1', 'fortran_order': False, 'shape': (4", 4);
  EXPECT_EQ(getError(), "its header has no 'shape'");
  writeFile("{'descr': '|u1', 'shape': (4,)}", 4);
  EXPECT_EQ(getError(), "its header has no 'fortran_order'");
  writeFile("{'descr': '|u1', 'fortran_order': True, 'shape': (4,)}", 4);
  EXPECT_EQ(getError(), "expected C order, got Fortran order; save "
                        "numpy.ascontiguousarray of it");
  writeFile("", 0);
  EXPECT_NE(getError().find("truncated"), std::string::npos);
}

TEST_F(NpyTest, RefusesEveryTruncation) {
  Result<HostTensor> tensor = HostTensor::create(DType::f64, {2});
  ASSERT_TRUE(writeNpy(path, *tensor));
  size_t size = std::filesystem::file_size(path);
  for (size_t length = 0; length < size; ++length) {
    ASSERT_TRUE(writeNpy(path, *tensor));
    std::filesystem::resize_file(path, length);
    std::string error = getError();
    EXPECT_NE(error.find(length < 6 ? "not a .npy file" : "truncated"),
              std::string::npos)
        << length << ": " << error;
  }
}

TEST_F(NpyTest, BytesBeyondTheDataAreIgnored) {
  writeFile("{'descr': '|u1', 'fortran_order': False, 'shape': (4,), }", 9);
  EXPECT_EQ(getError(), "read tensor<4xu8>");
}

/// A failed write leaves neither the file nor a temporary one.
TEST_F(NpyTest, WritesWholeFilesOnly) {
  Result<HostTensor> tensor = HostTensor::create(DType::f32, {2});
  ASSERT_FALSE(writeNpy(folder, *tensor));
  ASSERT_FALSE(writeNpy(folder + "/none/x.npy", *tensor));
  EXPECT_TRUE(std::filesystem::is_empty(folder));
  ASSERT_TRUE(writeNpy(path, *tensor));
  auto files = std::filesystem::directory_iterator(folder);
  EXPECT_EQ(std::distance(begin(files), end(files)), 1);
}
} // namespace
