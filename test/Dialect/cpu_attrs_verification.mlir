// T1 and T2 of #whorl.cpu_target, P1 to P4 of #whorl.cpu_schedule.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{(T1) expected vector_bytes to be a power of two from 16 to 256, got 24}}
func.func private @cpu_target_t1() attributes {a.b = #whorl.cpu_target<vector_bytes = 24, vector_registers = 16, fma = true, l1_bytes = 32768, l2_bytes = 524288>}

// -----

// expected-error @+1 {{(T1) expected vector_bytes to be a power of two from 16 to 256, got -32}}
func.func private @cpu_target_t1_negative() attributes {a.b = #whorl.cpu_target<vector_bytes = -32, vector_registers = 16, fma = true, l1_bytes = 32768, l2_bytes = 524288>}

// -----

// expected-error @+1 {{(T1) expected vector_bytes to be a power of two from 16 to 256, got 512}}
func.func private @cpu_target_t1_large() attributes {a.b = #whorl.cpu_target<vector_bytes = 512, vector_registers = 16, fma = true, l1_bytes = 32768, l2_bytes = 524288>}

// -----

// expected-error @+1 {{(T1) expected vector_registers, l1_bytes and l2_bytes to be positive, got 0, 32768 and 524288}}
func.func private @cpu_target_t1_registers() attributes {a.b = #whorl.cpu_target<vector_bytes = 32, vector_registers = 0, fma = true, l1_bytes = 32768, l2_bytes = 524288>}

// -----

// expected-error @+1 {{(T1) expected vector_registers, l1_bytes and l2_bytes to be positive, got 16, -1 and 524288}}
func.func private @cpu_target_t1_l1() attributes {a.b = #whorl.cpu_target<vector_bytes = 32, vector_registers = 16, fma = true, l1_bytes = -1, l2_bytes = 524288>}

// -----

// expected-error @+1 {{(T1) expected vector_registers, l1_bytes and l2_bytes to be positive, got 16, 32768 and 0}}
func.func private @cpu_target_t1_l2() attributes {a.b = #whorl.cpu_target<vector_bytes = 32, vector_registers = 16, fma = true, l1_bytes = 32768, l2_bytes = 0>}

// -----

// expected-error @+1 {{(P1) expected lanes to be a power of two up to 64, got 12}}
func.func private @cpu_schedule_p1_lanes() attributes {a.b = #whorl.cpu_schedule<lanes = 12, tile = [6, 2], groups = 2, key_block = 96>}

// -----

// expected-error @+1 {{(P1) expected lanes to be a power of two up to 64, got 128}}
func.func private @cpu_schedule_p1_lanes_large() attributes {a.b = #whorl.cpu_schedule<lanes = 128, tile = [6, 2], groups = 2, key_block = 96>}

// -----

// expected-error @+1 {{(P1) expected a tile [MR, NR] of positive numbers with MR * NR at most 64, got [0, 2]}}
func.func private @cpu_schedule_p1_tile() attributes {a.b = #whorl.cpu_schedule<lanes = 8, tile = [0, 2], groups = 2, key_block = 96>}

// -----

// expected-error @+1 {{(P1) expected a tile [MR, NR] of positive numbers with MR * NR at most 64, got [6]}}
func.func private @cpu_schedule_p1_tile_count() attributes {a.b = #whorl.cpu_schedule<lanes = 8, tile = [6], groups = 2, key_block = 96>}

// -----

// expected-error @+1 {{(P1) expected a tile [MR, NR] of positive numbers with MR * NR at most 64, got [8, 9]}}
func.func private @cpu_schedule_p1_tile_large() attributes {a.b = #whorl.cpu_schedule<lanes = 8, tile = [8, 9], groups = 2, key_block = 96>}

// -----

// expected-error @+1 {{(P1) expected a tile [MR, NR] of positive numbers with MR * NR at most 64, got [4294967296, 4294967296]}}
func.func private @cpu_schedule_p1_tile_overflow() attributes {a.b = #whorl.cpu_schedule<lanes = 8, tile = [4294967296, 4294967296], groups = 2, key_block = 96>}

// -----

// expected-error @+1 {{(P1) expected groups from 1 to 64, got 0}}
func.func private @cpu_schedule_p1_groups() attributes {a.b = #whorl.cpu_schedule<lanes = 8, tile = [6, 2], groups = 0, key_block = 96>}

// -----

// expected-error @+1 {{(P1) expected groups from 1 to 64, got 65}}
func.func private @cpu_schedule_p1_groups_large() attributes {a.b = #whorl.cpu_schedule<lanes = 8, tile = [6, 2], groups = 65, key_block = 96>}

// -----

// expected-error @+1 {{(P2) expected key_block to be a multiple of 6 from 1 to 4096, got 95}}
func.func private @cpu_schedule_p2() attributes {a.b = #whorl.cpu_schedule<lanes = 8, tile = [6, 2], groups = 2, key_block = 95>}

// -----

// expected-error @+1 {{(P2) expected key_block to be a multiple of 6 from 1 to 4096, got 0}}
func.func private @cpu_schedule_p2_zero() attributes {a.b = #whorl.cpu_schedule<lanes = 8, tile = [6, 2], groups = 2, key_block = 0>}

// -----

// expected-error @+1 {{(P2) expected key_block to be a multiple of 8 from 1 to 4096, got 8192}}
func.func private @cpu_schedule_p2_large() attributes {a.b = #whorl.cpu_schedule<lanes = 8, tile = [8, 2], groups = 2, key_block = 8192>}

// -----

// expected-error @+1 {{(P3) expected key_block to be a multiple of lanes (8) and of groups (5) for role = features, got 72}}
func.func private @cpu_schedule_p3_groups() attributes {a.b = #whorl.cpu_schedule<lanes = 8, tile = [3, 4], groups = 5, key_block = 72, role = features>}

// -----

// expected-error @+1 {{(P3) expected key_block to be a multiple of lanes (8) and of groups (1) for role = features, got 66}}
func.func private @cpu_schedule_p3_block() attributes {a.b = #whorl.cpu_schedule<lanes = 8, tile = [3, 4], groups = 1, key_block = 66, role = features>}

// -----

// expected-error @+1 {{expected role to be queries, heads or features, got keys}}
func.func private @cpu_schedule_role() attributes {a.b = #whorl.cpu_schedule<lanes = 8, tile = [3, 4], groups = 1, key_block = 72, role = keys>}

// -----

// expected-error @+1 {{(T2) expected vector_bytes = 64 for dot = bf16, got 32; use dot = fma}}
func.func private @cpu_target_t2() attributes {a.b = #whorl.cpu_target<vector_bytes = 32, vector_registers = 16, fma = true, l1_bytes = 32768, l2_bytes = 524288, dot = bf16>}

// -----

// expected-error @+1 {{(P4) expected role = queries or heads and an even key_block for dot = bf16, got role = features and 48}}
func.func private @cpu_schedule_p4_role() attributes {a.b = #whorl.cpu_schedule<lanes = 16, tile = [3, 4], groups = 1, key_block = 48, role = features, dot = bf16>}

// -----

// expected-error @+1 {{(P4) expected role = queries or heads and an even key_block for dot = bf16, got role = queries and 45}}
func.func private @cpu_schedule_p4_block() attributes {a.b = #whorl.cpu_schedule<lanes = 16, tile = [5, 3], groups = 1, key_block = 45, dot = bf16>}

// -----

// expected-error @+1 {{(P4) expected lanes to be 4, 8 or 16 for dot = bf16, got 32}}
func.func private @cpu_schedule_p4_lanes() attributes {a.b = #whorl.cpu_schedule<lanes = 32, tile = [8, 3], groups = 1, key_block = 48, dot = bf16>}

// -----

// expected-error @+1 {{(P4) expected lanes to be 4, 8 or 16 for dot = bf16, got 2}}
func.func private @cpu_schedule_p4_few_lanes() attributes {a.b = #whorl.cpu_schedule<lanes = 2, tile = [8, 3], groups = 1, key_block = 48, dot = bf16>}

// -----

// expected-error @+1 {{(P4) expected lanes = 16 and tile = [32, 2] for dot = amx, got 16 and [16, 2]}}
func.func private @cpu_schedule_p4_tile() attributes {a.b = #whorl.cpu_schedule<lanes = 16, tile = [16, 2], groups = 1, key_block = 64, dot = amx>}

// -----

// expected-error @+1 {{(P4) expected lanes = 16 and tile = [32, 2] for dot = amx, got 8 and [32, 2]}}
func.func private @cpu_schedule_p4_tile_lanes() attributes {a.b = #whorl.cpu_schedule<lanes = 8, tile = [32, 2], groups = 1, key_block = 64, dot = amx>}

// -----

// expected-error @+1 {{expected dot to be fma, bf16 or amx, got f16}}
func.func private @cpu_schedule_dot() attributes {a.b = #whorl.cpu_schedule<lanes = 8, tile = [3, 4], groups = 1, key_block = 72, dot = f16>}

// -----

// expected-error @+1 {{expected role or dot, got lane}}
func.func private @cpu_schedule_key() attributes {a.b = #whorl.cpu_schedule<lanes = 8, tile = [3, 4], groups = 1, key_block = 72, lane = f16>}

// -----

// expected-error @+1 {{(B1) expected most from 1 to 64, got 0}}
func.func private @by_queries_b1() attributes {a.b = #whorl.cpu_schedule_by_queries<most = 0, few = <lanes = 8, tile = [8, 1], groups = 4, key_block = 8, role = features>, many = <lanes = 8, tile = [6, 2], groups = 2, key_block = 96>>}
