// Up to eight rows that share keys have features along the lanes, where these
// are whole vectors. More rows have queries along them: of all heads that share
// keys where those of one head are few. Where their number is not known there are
// two schedules.
// RUN: whorl-opt %s --whorl-plan-schedules | FileCheck %s

!k = tensor<1x2x512x64xf32>
!q1 = tensor<1x2x1x64xf32>
!q2 = tensor<1x4x1x64xf32>
!q4 = tensor<1x8x1x64xf32>
!q8 = tensor<1x8x2x64xf32>
!q12 = tensor<1x8x3x64xf32>
!q64 = tensor<1x8x16x64xf32>
!q68 = tensor<1x8x17x64xf32>
!q260 = tensor<1x8x65x64xf32>
!far = tensor<1x2x65536x64xf32>
!any = tensor<1x8x?x64xf32>
!k4 = tensor<1x2x512x12xf32>
!k5 = tensor<1x2x512x5xf32>
!o4 = tensor<1x2x1x12xf32>
!o5 = tensor<1x2x1x5xf32>

module attributes {whorl.target = #whorl.cpu_target<vector_bytes = 32, vector_registers = 16, fma = true, l1_bytes = 32768, l2_bytes = 1048576>} {
  // CHECK-LABEL: @few
  // CHECK-COUNT-4: lanes = 8, tile = [8, 1], groups = 4, key_block = 8, role = features>
  func.func @few(%q1: !q1, %q2: !q2, %q4: !q4, %q8: !q8, %k: !k) -> (!q1, !q2, !q4, !q8) {
    %1 = whorl.attention %q1, %k, %k : (!q1, !k, !k) -> !q1
    %2 = whorl.attention %q2, %k, %k : (!q2, !k, !k) -> !q2
    %4 = whorl.attention %q4, %k, %k : (!q4, !k, !k) -> !q4
    %8 = whorl.attention %q8, %k, %k : (!q8, !k, !k) -> !q8
    return %1, %2, %4, %8 : !q1, !q2, !q4, !q8
  }

  // CHECK-LABEL: @some
  // CHECK: tile = [6, 2], groups = 1, key_block = {{[0-9]+}}, role = heads>
  // CHECK: tile = [6, 2], groups = 2, key_block = {{[0-9]+}}, role = heads>
  // CHECK: groups = {{[0-9]+}}, key_block = {{[0-9]+}}, role = heads>
  func.func @some(%q12: !q12, %q64: !q64, %q68: !q68, %k: !k) -> (!q12, !q64, !q68) {
    %1 = whorl.attention %q12, %k, %k : (!q12, !k, !k) -> !q12
    %2 = whorl.attention %q64, %k, %k : (!q64, !k, !k) -> !q64
    %3 = whorl.attention %q68, %k, %k : (!q68, !k, !k) -> !q68
    return %1, %2, %3 : !q12, !q64, !q68
  }

  // Keys that no cache holds are read once, by a tile of all rows.
  // CHECK-LABEL: @far
  // CHECK: tile = [6, 2], groups = 4, key_block = {{[0-9]+}}, role = heads>
  func.func @far(%q64: !q64, %k: !far) -> !q64 {
    %1 = whorl.attention %q64, %k, %k : (!q64, !far, !far) -> !q64
    return %1 : !q64
  }

  // CHECK-LABEL: @many
  // CHECK-NOT: role
  // CHECK: schedule #whorl.cpu_schedule_by_queries<most = 2, few = <lanes = 8, tile = [8, 1], groups = 4, key_block = 8, role = features>, many = <lanes = 8, tile = [6, 2],
  // CHECK-NOT: role
  // CHECK: return
  func.func @many(%q260: !q260, %any: !any, %k: !k) -> (!q260, !any) {
    %1 = whorl.attention %q260, %k, %k : (!q260, !k, !k) -> !q260
    %2 = whorl.attention %any, %k, %k : (!any, !k, !k) -> !any
    return %1, %2 : !q260, !any
  }

  // 12 features are three vectors of 4, 5 are none.
  // CHECK-LABEL: @odd
  // CHECK: lanes = 4, tile = [8, 1], groups = 4, key_block = 8, role = features>
  // CHECK-NOT: role = features
  // CHECK: return
  func.func @odd(%q: !o4, %k: !k4, %q5: !o5, %k5: !k5) -> (!o4, !o5) {
    %1 = whorl.attention %q, %k, %k : (!o4, !k4, !k4) -> !o4
    %2 = whorl.attention %q5, %k5, %k5 : (!o5, !k5, !k5) -> !o5
    return %1, %2 : !o4, !o5
  }
}
