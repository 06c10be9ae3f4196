// Rounding to bf16: ties to even, overflow to infinity, NaN stays NaN.
// RUN: whorl-opt %s --whorl-expand-bf16 --canonicalize | FileCheck %s

// 0x3F808000 is the tie between 1.0 and 1.0078125, 0x3F818000 the next one;
// 0x7F7FFFFF the largest f32; 0x7F800001 and 0xFFFFFFFF are NaN.
// CHECK-LABEL: func @fold
// CHECK: dense<[1.000000e+00, 1.015630e+00, 0x7F80, 0x7FC0, 0xFFFF, 0xFF80, -0.000000e+00]> : vector<7xbf16>
module attributes {whorl.target = #whorl.cpu_target<vector_bytes = 16,
    vector_registers = 16, fma = true, l1_bytes = 32768, l2_bytes = 524288>} {
  func.func @fold() -> vector<7xbf16> {
    %x = arith.constant dense<[0x3F808000, 0x3F818000, 0x7F7FFFFF, 0x7F800001,
                               0xFFFFFFFF, 0xFF800000, 0x80000000]> : vector<7xf32>
    %y = arith.truncf %x : vector<7xf32> to vector<7xbf16>
    return %y : vector<7xbf16>
  }

  // CHECK-LABEL: func @widen
  // CHECK: dense<[1.000000e+00, 0x7F800000, 0xFFC00000, -0.000000e+00]> : vector<4xf32>
  func.func @widen() -> vector<4xf32> {
    %x = arith.constant dense<[0x3F80, 0x7F80, 0xFFC0, 0x8000]> : vector<4xbf16>
    %y = arith.extf %x : vector<4xbf16> to vector<4xf32>
    return %y : vector<4xf32>
  }

  // CHECK-LABEL: func @single
  // CHECK-NOT: arith.extf
  // CHECK: arith.extui %{{.*}} : i16 to i32
  // CHECK: arith.shli
  func.func @single(%x: bf16) -> f32 {
    %y = arith.extf %x : bf16 to f32
    return %y : f32
  }
}
