// RUN: whorl-opt %s --whorl-set-target=target=x86-64 | FileCheck %s --check-prefix=V1
// RUN: whorl-opt %s --whorl-set-target=target=x86-64-v3 | FileCheck %s --check-prefix=V3
// RUN: whorl-opt %s --whorl-set-target=target=znver5 | FileCheck %s --check-prefix=V4
// RUN: whorl-opt %s --whorl-set-target="target=x86-64-v3" --whorl-set-target="target=znver5" | FileCheck %s --check-prefix=V3
// RUN: whorl-opt %s --whorl-set-target=target=sapphirerapids | FileCheck %s --check-prefix=TILES
// RUN: whorl-opt %s --whorl-set-target=target=cooperlake | FileCheck %s --check-prefix=SLOW
// RUN: not whorl-opt %s --whorl-set-target=target=znver6 2>&1 | FileCheck %s --check-prefix=NONE

// V1: whorl.target = #whorl.cpu_target<vector_bytes = 16, vector_registers = 16, fma = false, {{.*}} cpu = "x86-64"
// V3: whorl.target = #whorl.cpu_target<vector_bytes = 32, vector_registers = 16, fma = true, {{.*}} cpu = "x86-64-v3"
// V4: whorl.target = #whorl.cpu_target<vector_bytes = 64, vector_registers = 32, fma = true, {{.*}} cpu = "znver5", dot = bf16>
// TILES: cpu = "sapphirerapids", dot = amx>
// Cooper Lake has vdpbf16ps, at half the rate of its f32 multiply-adds.
// SLOW: cpu = "cooperlake">
// NONE: error: no target is named 'znver6'; did you mean 'znver{{[0-9]}}'?
module {}
