// A schedule may not ask for instructions that the target lacks.
// RUN: whorl-opt %s --split-input-file --whorl-to-cpu --verify-diagnostics

!m = memref<1x2x64x32xbf16>

module attributes {whorl.target = #whorl.cpu_target<vector_bytes = 64, vector_registers = 32, fma = true, l1_bytes = 32768, l2_bytes = 1048576, cpu = "x86-64-v4">} {
  func.func @bf16(%q: !m, %o: !m) {
    // expected-error @+1 {{has a schedule with dot = bf16, which needs avx512bf16; the target 'x86-64-v4' lacks it: use dot = fma, or another --target}}
    whorl.attention %q, %q, %q schedule #whorl.cpu_schedule<lanes = 16, tile = [8, 3], groups = 1, key_block = 80, dot = bf16> outs(%o : !m) : (!m, !m, !m) -> ()
    return
  }
}

// -----

!m = memref<1x2x64x32xbf16>

module attributes {whorl.target = #whorl.cpu_target<vector_bytes = 64, vector_registers = 32, fma = true, l1_bytes = 32768, l2_bytes = 1048576, cpu = "znver5">} {
  func.func @amx(%q: !m, %o: !m) {
    // expected-error @+1 {{has a schedule with dot = amx, which needs amx-tile; the target 'znver5' lacks it}}
    whorl.attention %q, %q, %q schedule #whorl.cpu_schedule<lanes = 16, tile = [32, 2], groups = 1, key_block = 64, dot = amx> outs(%o : !m) : (!m, !m, !m) -> ()
    return
  }
}

// -----

!m = memref<1x2x64x32xbf16>

module attributes {whorl.target = #whorl.cpu_target<vector_bytes = 64, vector_registers = 32, fma = true, l1_bytes = 32768, l2_bytes = 1048576, cpu = "znver5", features = "-avx512vl">} {
  func.func @narrow(%q: !m, %o: !m) {
    // expected-error @+1 {{has a schedule with dot = bf16, which needs avx512vl; the target 'znver5' lacks it}}
    whorl.attention %q, %q, %q schedule #whorl.cpu_schedule<lanes = 8, tile = [8, 3], groups = 1, key_block = 80, dot = bf16> outs(%o : !m) : (!m, !m, !m) -> ()
    return
  }
}
