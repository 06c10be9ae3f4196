// RUN: whorl-opt %s --whorl-expand-math --split-input-file | FileCheck %s

// CHECK-LABEL: @tanh(
// CHECK-SAME: %[[X:.*]]: vector<16xf32>
func.func @tanh(%x: vector<16xf32>) -> vector<16xf32> {
  // CHECK-NOT: math.tanh
  // CHECK: arith.andi
  // CHECK-COUNT-7: vector.fma {{.*}} : vector<16xf32>
  // CHECK: arith.divf
  // CHECK: arith.ori
  %y = math.tanh %x : vector<16xf32>
  return %y : vector<16xf32>
}

// -----

// CHECK-LABEL: @scalar(
func.func @scalar(%x: f32) -> f32 {
  // CHECK-NOT: math.tanh
  // CHECK: arith.divf {{.*}} : f32
  // CHECK-NOT: math.tanh
  %y = math.tanh %x : f32
  return %y : f32
}

// -----

// libm is more accurate than we are.
// CHECK-LABEL: @double(
func.func @double(%x: vector<4xf64>) -> vector<4xf64> {
  // CHECK: math.tanh
  %y = math.tanh %x : vector<4xf64>
  return %y : vector<4xf64>
}

// -----

// A soft cap takes no other division than that of its tanh, and no sign apart.
// CHECK-LABEL: @softcap(
func.func @softcap(%x: vector<8xf32>) -> vector<8xf32> {
  // CHECK-NOT: arith.andi
  // CHECK: arith.divf
  // CHECK-NOT: arith.divf
  // CHECK: return
  %c = arith.constant dense<30.0> : vector<8xf32>
  %ratio = arith.divf %x, %c : vector<8xf32>
  %tanh = math.tanh %ratio : vector<8xf32>
  %y = arith.mulf %tanh, %c : vector<8xf32>
  return %y : vector<8xf32>
}

// -----

// Another factor is no soft cap, but the quotient goes into a constant.
// CHECK-LABEL: @other_factor(
// CHECK-SAME: %[[X:.*]]: f32
func.func @other_factor(%x: f32) -> f32 {
  // CHECK: %[[TWICE:.*]] = arith.constant 5.000000e-01 : f32
  // CHECK: arith.mulf {{.*}}, %[[TWICE]]
  // CHECK: arith.divf
  // CHECK-NOT: arith.divf
  // CHECK: return
  %divisor = arith.constant 4.0 : f32
  %factor = arith.constant 3.0 : f32
  %ratio = arith.divf %x, %divisor : f32
  %tanh = math.tanh %ratio : f32
  %y = arith.mulf %tanh, %factor : f32
  return %y : f32
}

// -----

// A soft cap that would overflow the formula.
// CHECK-LABEL: @huge(
func.func @huge(%x: f32) -> f32 {
  // CHECK: arith.divf
  // CHECK: arith.andi
  // CHECK: arith.divf
  %c = arith.constant 1.0e+30 : f32
  %ratio = arith.divf %x, %c : f32
  %tanh = math.tanh %ratio : f32
  %y = arith.mulf %tanh, %c : f32
  return %y : f32
}
