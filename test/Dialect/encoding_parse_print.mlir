// Parameters at their defaults are not printed; their order is free.
// RUN: whorl-opt %s | whorl-opt | FileCheck %s

// CHECK: #whorl.rope}
func.func private @rope() attributes {a.b = #whorl.rope<theta = 1.0e+04, pairing = half, rotary_dim = 0>}
// CHECK: #whorl.rope<theta = 5.000000e+05, pairing = interleaved, rotary_dim = 32, rotary_start = 8>
func.func private @rope_all() attributes {a.b = #whorl.rope<rotary_start = 8, rotary_dim = 32, pairing = interleaved, theta = 500000.0>}
// CHECK: #whorl.rope<theta = 3.000000e+00>
func.func private @rope_integer() attributes {a.b = #whorl.rope<theta = 3>}
// CHECK: #whorl.alibi}
func.func private @alibi() attributes {a.b = #whorl.alibi<symmetric = false>}
// CHECK: #whorl.alibi<symmetric = true, slopes = true>
func.func private @alibi_all() attributes {a.b = #whorl.alibi<slopes = true, symmetric = true>}
// CHECK: #whorl.sinusoidal}
func.func private @sinusoidal() attributes {a.b = #whorl.sinusoidal<order = interleaved>}
// CHECK: #whorl.sinusoidal<base = 1.000000e+02, order = half>
func.func private @sinusoidal_all() attributes {a.b = #whorl.sinusoidal<order = half, base = 100.0>}
// CHECK: #whorl.learned}
func.func private @learned() attributes {a.b = #whorl.learned}
