// The schedule follows the target's registers and cache, and the element type.
// RUN: whorl-opt %s --split-input-file --whorl-plan-schedules | FileCheck %s

!t = tensor<1x2x512x64xf32>
!d = tensor<1x2x512x64xf64>
!h = tensor<1x2x512x64xbf16>

// SSE2: 16 registers of 4 floats. bf16 is computed in f32, f64 has half the lanes.
module attributes {whorl.target = #whorl.cpu_target<vector_bytes = 16, vector_registers = 16, fma = true, l1_bytes = 32768, l2_bytes = 1048576>} {
  // CHECK-LABEL: @sse2
  // CHECK: schedule #whorl.cpu_schedule<lanes = 4, tile = [6, 2]
  // CHECK: schedule #whorl.cpu_schedule<lanes = 2, tile = [6, 2]
  // CHECK: schedule #whorl.cpu_schedule<lanes = 4, tile = [6, 2]
  func.func @sse2(%q: !t, %d: !d, %h: !h) -> (!t, !d, !h) {
    %o = whorl.attention %q, %q, %q : (!t, !t, !t) -> !t
    %p = whorl.attention %d, %d, %d : (!d, !d, !d) -> !d
    %r = whorl.attention %h, %h, %h : (!h, !h, !h) -> !h
    return %o, %p, %r : !t, !d, !h
  }
}

// -----

!t = tensor<1x2x512x64xf32>
!d = tensor<1x2x512x64xf64>

// AVX2: 16 registers of 8 floats.
module attributes {whorl.target = #whorl.cpu_target<vector_bytes = 32, vector_registers = 16, fma = true, l1_bytes = 32768, l2_bytes = 1048576>} {
  // CHECK-LABEL: @avx2
  // CHECK: schedule #whorl.cpu_schedule<lanes = 8, tile = [6, 2]
  // CHECK: schedule #whorl.cpu_schedule<lanes = 4, tile = [6, 2]
  func.func @avx2(%q: !t, %d: !d) -> (!t, !d) {
    %o = whorl.attention %q, %q, %q : (!t, !t, !t) -> !t
    %p = whorl.attention %d, %d, %d : (!d, !d, !d) -> !d
    return %o, %p : !t, !d
  }
}

// -----

!t = tensor<1x2x1536x64xf32>
!d = tensor<1x2x1536x64xf64>

// AVX-512: 32 registers of 16 floats; rows that fill the widest tile.
module attributes {whorl.target = #whorl.cpu_target<vector_bytes = 64, vector_registers = 32, fma = true, l1_bytes = 49152, l2_bytes = 1048576>} {
  // CHECK-LABEL: @avx512
  // CHECK: schedule #whorl.cpu_schedule<lanes = 16, tile = [8, 3]
  // CHECK: schedule #whorl.cpu_schedule<lanes = 8, tile = [8, 3]
  func.func @avx512(%q: !t, %d: !d) -> (!t, !d) {
    %o = whorl.attention %q, %q, %q : (!t, !t, !t) -> !t
    %p = whorl.attention %d, %d, %d : (!d, !d, !d) -> !d
    return %o, %p : !t, !d
  }
}

// -----

!t = tensor<1x2x512x64xf32>

// A schedule written by hand stays.
module attributes {whorl.target = #whorl.cpu_target<vector_bytes = 64, vector_registers = 32, fma = true, l1_bytes = 49152, l2_bytes = 1048576>} {
  // CHECK-LABEL: @by_hand
  // CHECK: schedule #whorl.cpu_schedule<lanes = 2, tile = [1, 1], groups = 3, key_block = 7>
  func.func @by_hand(%q: !t) -> !t {
    %o = whorl.attention %q, %q, %q
           schedule #whorl.cpu_schedule<lanes = 2, tile = [1, 1], groups = 3, key_block = 7>
         : (!t, !t, !t) -> !t
    return %o : !t
  }
}

// -----

// Sizes that are unknown, empty or huge have a schedule, too.
module attributes {whorl.target = #whorl.cpu_target<vector_bytes = 256, vector_registers = 64, fma = true, l1_bytes = 1, l2_bytes = 1048576>} {
  // CHECK-LABEL: @odd
  // CHECK-COUNT-3: schedule #whorl.cpu_schedule<lanes = 64,
  func.func @odd(%q: tensor<?x?x?x?xf32>, %e: tensor<0x0x0x0xf32>, %h: tensor<1x1x1x999999999xf32>) {
    %o = whorl.attention %q, %q, %q
         : (tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>, tensor<?x?x?x?xf32>) -> tensor<?x?x?x?xf32>
    %p = whorl.attention %e, %e, %e
         : (tensor<0x0x0x0xf32>, tensor<0x0x0x0xf32>, tensor<0x0x0x0xf32>) -> tensor<0x0x0x0xf32>
    %r = whorl.attention %h, %h, %h
         : (tensor<1x1x1x999999999xf32>, tensor<1x1x1x999999999xf32>, tensor<1x1x1x999999999xf32>)
           -> tensor<1x1x1x999999999xf32>
    return
  }
}

// -----

!t = tensor<1x2x1536x64xbf16>
!f = tensor<1x2x1536x64xf32>

// Products of bf16 where the target says that they are fast.
module attributes {whorl.target = #whorl.cpu_target<vector_bytes = 64, vector_registers = 32, fma = true, l1_bytes = 32768, l2_bytes = 1048576, dot = bf16>} {
  // CHECK-LABEL: func.func @dot(
  // CHECK: schedule #whorl.cpu_schedule<lanes = 16, tile = [8, 3], groups = {{.*}}, dot = bf16>
  // CHECK-NOT: dot =
  // CHECK: return
  func.func @dot(%q: !t, %f: !f) -> (!t, !f) {
    %o = whorl.attention %q, %q, %q : (!t, !t, !t) -> !t
    %p = whorl.attention %f, %f, %f : (!f, !f, !f) -> !f
    return %o, %p : !t, !f
  }
}

// -----

!t = tensor<1x2x512x64xbf16>
!g = tensor<1x8x4x64xbf16>
!r = tensor<1x2x1x64xbf16>

// AMX tiles; few rows are a matter of reading, with features along the lanes.
module attributes {whorl.target = #whorl.cpu_target<vector_bytes = 64, vector_registers = 32, fma = true, l1_bytes = 32768, l2_bytes = 1048576, dot = amx>} {
  // CHECK-LABEL: func.func @tiles(
  // CHECK: schedule #whorl.cpu_schedule<lanes = 16, tile = [32, 2], groups = {{[0-9]+}}, key_block = {{[0-9]+}}, dot = amx>
  // CHECK: schedule #whorl.cpu_schedule<lanes = 16, tile = [32, 2], groups = 1, key_block = {{[0-9]+}}, dot = amx>
  // CHECK: schedule #whorl.cpu_schedule<lanes = 16, tile = [32, 2], groups = 1, {{.*}}, role = heads, dot = amx>
  // CHECK: role = features>
  func.func @tiles(%q: !t, %g: !g, %r: !r) -> (!t, !t, !g, !r) {
    %o = whorl.attention %q, %q, %q : (!t, !t, !t) -> !t
    %w = whorl.attention %q, %q, %q mask #whorl.sliding_window<left = 255, right = 0> : (!t, !t, !t) -> !t
    %p = whorl.attention %g, %q, %q : (!g, !t, !t) -> !g
    %f = whorl.attention %r, %q, %q : (!r, !t, !t) -> !r
    return %o, %w, %p, %f : !t, !t, !g, !r
  }
}
