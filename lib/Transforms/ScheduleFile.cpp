//===- ScheduleFile.cpp - schedules that were measured --------------------===//

#include "Whorl/Transforms/ScheduleFile.h"
#include "mlir/AsmParser/AsmParser.h"
#include "mlir/IR/Diagnostics.h"
#include "llvm/Support/FormatVariadic.h"
#include "llvm/Support/MemoryBuffer.h"

using namespace mlir;
using namespace whorl;

/// Elements and sizes, the same for tensors and for buffers.
static Attribute describeType(Value tensor) {
  auto type = cast<ShapedType>(tensor.getType());
  return TypeAttr::get(
      RankedTensorType::get(type.getShape(), type.getElementType()));
}

DictionaryAttr whorl::describeAttention(AttentionOp op) {
  Builder builder(op.getContext());
  NamedAttrList parts;
  parts.append("query", describeType(op.getQuery()));
  parts.append("key", describeType(op.getKey()));
  parts.append("value", describeType(op.getValue()));
  if (op.getLayout() != Layout::bhnd)
    parts.append("layout", builder.getStringAttr("bnhd"));
  if (Attribute mask = op.getMaskAttr())
    parts.append("mask", mask);
  // What an encoding costs depends on its kind, hardly on its numbers.
  if (ArrayAttr position = op.getPositionAttr()) {
    SmallVector<Attribute> names;
    for (Attribute encoding : position)
      names.push_back(
          builder.getStringAttr(encoding.getAbstractAttribute().getName()));
    parts.append("position", builder.getArrayAttr(names));
  }
  if (op.getSoftcap() || op.getStaticSoftcap())
    parts.append("softcap", builder.getUnitAttr());
  if (Value bias = op.getBias())
    parts.append("bias", describeType(bias));
  if (op.hasScoreRegion())
    parts.append("score_ops", builder.getI64IntegerAttr(llvm::range_size(
                                  op.getScore().front().without_terminator())));
  return parts.getDictionary(op.getContext());
}

std::string ScheduleEntry::format() const {
  MLIRContext *context = attention.getContext();
  std::string line;
  llvm::raw_string_ostream os(line);
  os << "{attention = " << attention << ", target = " << target
     << ", threads = " << threads << ", schedule = " << schedule;
  // Fixed, since MLIR's numbers have a point.
  if (ms > 0)
    os << llvm::formatv(", ms = {0:f6}", ms);
  if (plannedMs > 0)
    os << llvm::formatv(", planned_ms = {0:f6}", plannedMs);
  auto print = [&](StringRef name, const std::string &text) {
    if (!text.empty())
      os << ", " << name << " = " << StringAttr::get(context, text);
  };
  print("case", caseName);
  print("machine", machine);
  print("date", date);
  os << "}";
  return line;
}

static llvm::Error fail(const llvm::Twine &message) {
  return llvm::createStringError(llvm::inconvertibleErrorCode(), message);
}

static std::string print(Attribute attribute) {
  std::string text;
  llvm::raw_string_ostream(text) << attribute;
  return text;
}

/// Parses a line; the error says what the parser said, after the column.
static llvm::Expected<DictionaryAttr> parseLine(StringRef text,
                                                MLIRContext *context) {
  std::string message;
  ScopedDiagnosticHandler handler(context, [&](Diagnostic &diagnostic) {
    if (!message.empty())
      return success(); // the first one says it
    unsigned column = 1;
    if (auto loc = dyn_cast<FileLineColLoc>(diagnostic.getLocation()))
      column = loc.getColumn();
    message = llvm::formatv("{0}: {1}", column, diagnostic.str());
    return success();
  });
  Attribute attribute = parseAttribute(text, context);
  if (!attribute)
    return fail(message);
  if (auto dictionary = dyn_cast<DictionaryAttr>(attribute))
    return dictionary;
  return fail("1: expected {attention = ..., target = ..., schedule = ...}, "
              "got " +
              print(attribute));
}

namespace {
/// Takes a dictionary apart; the first thing that is wrong is the error.
struct EntryReader {
  DictionaryAttr dictionary;
  std::string message;

  void fail(const llvm::Twine &text) {
    if (message.empty())
      message = ("1: " + text).str();
  }
  void checkKeys(StringRef what, DictionaryAttr attributes,
                 ArrayRef<StringRef> known) {
    for (NamedAttribute attribute : attributes)
      if (!llvm::is_contained(known, attribute.getName().getValue()))
        fail("unknown key '" + attribute.getName().getValue() + "'" + what +
             "; the known ones are " + llvm::join(known, ", "));
  }
  template <typename Attr>
  Attr get(StringRef key, StringRef expected, bool isRequired) {
    Attribute attribute = dictionary.get(key);
    if (!attribute && !isRequired)
      return {};
    if (!attribute) {
      fail("key '" + key + "' is missing; expected " + expected);
      return {};
    }
    auto value = dyn_cast<Attr>(attribute);
    if (!value)
      fail("key '" + key + "': expected " + expected + ", got " +
           print(attribute));
    return value;
  }
  double getNumber(StringRef key) {
    auto number = get<FloatAttr>(key, "a number with a point", false);
    return number ? number.getValueAsDouble() : 0;
  }
  std::string getText(StringRef key) {
    auto text = get<StringAttr>(key, "a text in quotes", false);
    return text ? text.str() : "";
  }
};
} // namespace

static void checkAttention(EntryReader &reader, DictionaryAttr attention) {
  reader.checkKeys(" of 'attention'", attention,
                   {"query", "key", "value", "layout", "mask", "position",
                    "softcap", "bias", "score_ops"});
  for (StringRef key : {"query", "key", "value"})
    if (!attention.getAs<TypeAttr>(key))
      reader.fail("key '" + key +
                  "' of 'attention' is missing or no type; "
                  "expected one such as tensor<1x8x?x64xf32>");
}

static ScheduleEntry readEntry(EntryReader &reader) {
  ScheduleEntry entry;
  reader.checkKeys("", reader.dictionary,
                   {"attention", "target", "threads", "schedule", "ms",
                    "planned_ms", "case", "machine", "date"});
  entry.attention = reader.get<DictionaryAttr>(
      "attention", "{query = ..., key = ..., value = ...}", true);
  if (entry.attention)
    checkAttention(reader, entry.attention);
  entry.target =
      reader.get<CPUTargetAttr>("target", "a #whorl.cpu_target<...>", true);
  if (auto threads = reader.get<IntegerAttr>("threads", "an integer", false))
    entry.threads = threads.getInt();
  entry.schedule = reader.get<CPUAttentionScheduleAttr>(
      "schedule", "a #whorl.cpu_schedule<...>", true);
  entry.ms = reader.getNumber("ms");
  entry.plannedMs = reader.getNumber("planned_ms");
  entry.caseName = reader.getText("case");
  entry.machine = reader.getText("machine");
  entry.date = reader.getText("date");
  return entry;
}

llvm::Error ScheduleFile::addLine(StringRef text, MLIRContext *context) {
  Line line;
  line.text = text.str();
  StringRef trimmed = text.trim();
  if (trimmed.empty() || trimmed.starts_with("//")) {
    lines.push_back(std::move(line));
    return llvm::Error::success();
  }
  auto located = [&](const llvm::Twine &message) {
    return fail(path + ":" + llvm::Twine(lines.size() + 1) + ":" + message);
  };
  llvm::Expected<DictionaryAttr> dictionary = parseLine(text, context);
  if (!dictionary)
    return located(llvm::toString(dictionary.takeError()));
  EntryReader reader{*dictionary, ""};
  line.entry = readEntry(reader);
  if (!reader.message.empty())
    return located(reader.message);
  if (Line *other = findExactly(line.entry))
    return located("1: has the attention, target and threads of line " +
                   llvm::Twine(other - lines.data() + 1) +
                   "; remove one of the two");
  lines.push_back(std::move(line));
  return llvm::Error::success();
}

llvm::Expected<ScheduleFile> ScheduleFile::read(const std::string &path,
                                                MLIRContext *context) {
  auto buffer = llvm::MemoryBuffer::getFile(path);
  if (!buffer)
    return fail("cannot read the schedules '" + path +
                "': " + buffer.getError().message() +
                "; whorl-bench --tune=FILE writes such a file");
  context->getOrLoadDialect<WhorlDialect>();
  ScheduleFile file(path);
  StringRef rest = (*buffer)->getBuffer();
  while (!rest.empty()) {
    StringRef text;
    std::tie(text, rest) = rest.split('\n');
    if (llvm::Error error = file.addLine(text, context))
      return std::move(error);
  }
  return file;
}

ScheduleFile::Line *ScheduleFile::findExactly(const ScheduleEntry &entry) {
  for (Line &line : lines)
    if (line.isEntry() && line.entry.attention == entry.attention &&
        line.entry.target == entry.target &&
        line.entry.threads == entry.threads)
      return &line;
  return nullptr;
}

const ScheduleEntry *ScheduleFile::find(DictionaryAttr attention,
                                        CPUTargetAttr target,
                                        int64_t threads) const {
  const ScheduleEntry *found = nullptr;
  for (const Line &line : lines) {
    const ScheduleEntry &entry = line.entry;
    if (!line.isEntry() || entry.attention != attention ||
        entry.target != target)
      continue;
    if (entry.threads == threads)
      return &entry;
    if (entry.threads == 1)
      found = &entry;
  }
  return found;
}

const ScheduleEntry *
ScheduleFile::findAnyTarget(DictionaryAttr attention) const {
  for (const Line &line : lines)
    if (line.isEntry() && line.entry.attention == attention)
      return &line.entry;
  return nullptr;
}

void ScheduleFile::set(const ScheduleEntry &entry) {
  if (Line *line = findExactly(entry))
    line->entry = entry;
  else
    lines.push_back({"", entry});
}

Location ScheduleFile::getLoc(const ScheduleEntry &entry) const {
  unsigned number = 0;
  for (auto [i, line] : llvm::enumerate(lines))
    if (&line.entry == &entry)
      number = i + 1;
  return FileLineColLoc::get(entry.attention.getContext(), path, number, 1);
}

std::string ScheduleFile::getText() const {
  std::string text;
  for (const Line &line : lines)
    text += (line.isEntry() ? line.entry.format() : line.text) + "\n";
  return text;
}
