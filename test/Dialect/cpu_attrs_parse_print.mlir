// RUN: whorl-opt %s | whorl-opt | FileCheck %s

// CHECK: #whorl.cpu_target<vector_bytes = 64, vector_registers = 32, fma = true, l1_bytes = 49152, l2_bytes = 2097152, cpu = "znver5", features = "+avx512bf16,-sse4a">
func.func private @target() attributes {a.b = #whorl.cpu_target<vector_bytes = 64, vector_registers = 32, fma = true, l1_bytes = 49152, l2_bytes = 2097152, cpu = "znver5", features = "+avx512bf16,-sse4a">}
// CHECK: #whorl.cpu_target<vector_bytes = 16, vector_registers = 16, fma = false, l1_bytes = 32768, l2_bytes = 262144>
func.func private @plain() attributes {a.b = #whorl.cpu_target<vector_bytes = 16, vector_registers = 16, fma = false, l1_bytes = 32768, l2_bytes = 262144>}
// CHECK: #whorl.cpu_schedule<lanes = 16, tile = [8, 3], groups = 1, key_block = 128>
func.func private @schedule() attributes {a.b = #whorl.cpu_schedule<lanes = 16, tile = [8, 3], groups = 1, key_block = 128>}

// CHECK: @few_rows() attributes {a.b = #whorl.cpu_schedule<lanes = 16, tile = [4, 4], groups = 1, key_block = 64, role = features>}
func.func private @few_rows() attributes {a.b = #whorl.cpu_schedule<lanes = 16, tile = [4, 4], groups = 1, key_block = 64, role = features>}

// CHECK: @queries() attributes {a.b = #whorl.cpu_schedule<lanes = 16, tile = [8, 3], groups = 1, key_block = 128>}
func.func private @queries() attributes {a.b = #whorl.cpu_schedule<lanes = 16, tile = [8, 3], groups = 1, key_block = 128, role = queries>}

// CHECK: @heads() attributes {a.b = #whorl.cpu_schedule<lanes = 8, tile = [6, 2], groups = 2, key_block = 96, role = heads>}
func.func private @heads() attributes {a.b = #whorl.cpu_schedule<lanes = 8, tile = [6, 2], groups = 2, key_block = 96, role = heads>}

// CHECK: @dot() attributes {a.b = #whorl.cpu_schedule<lanes = 16, tile = [8, 3], groups = 1, key_block = 80, role = heads, dot = bf16>}
func.func private @dot() attributes {a.b = #whorl.cpu_schedule<lanes = 16, tile = [8, 3], groups = 1, key_block = 80, role = heads, dot = bf16>}

// CHECK: @tiles() attributes {a.b = #whorl.cpu_schedule<lanes = 16, tile = [32, 2], groups = 2, key_block = 128, dot = amx>}
func.func private @tiles() attributes {a.b = #whorl.cpu_schedule<lanes = 16, tile = [32, 2], groups = 2, key_block = 128, dot = amx>}

// CHECK: @fma() attributes {a.b = #whorl.cpu_schedule<lanes = 16, tile = [8, 3], groups = 1, key_block = 80>}
func.func private @fma() attributes {a.b = #whorl.cpu_schedule<lanes = 16, tile = [8, 3], groups = 1, key_block = 80, dot = fma>}

// CHECK: @dot_target() attributes {a.b = #whorl.cpu_target<vector_bytes = 64, vector_registers = 32, fma = true, l1_bytes = 49152, l2_bytes = 2097152, dot = amx>}
func.func private @dot_target() attributes {a.b = #whorl.cpu_target<vector_bytes = 64, vector_registers = 32, fma = true, l1_bytes = 49152, l2_bytes = 2097152, dot = amx>}

// CHECK: @by_queries() attributes {a.b = #whorl.cpu_schedule_by_queries<most = 2, few = <lanes = 8, tile = [8, 1], groups = 4, key_block = 8, role = features>, many = <lanes = 8, tile = [6, 2], groups = 2, key_block = 96>>}
func.func private @by_queries() attributes {a.b = #whorl.cpu_schedule_by_queries<most = 2, few = <lanes = 8, tile = [8, 1], groups = 4, key_block = 8, role = features>, many = <lanes = 8, tile = [6, 2], groups = 2, key_block = 96>>}
