// Parameters at their defaults are not printed; their order is free.
// RUN: whorl-opt %s | whorl-opt | FileCheck %s

// CHECK: #whorl.rope}
func.func private @rope() attributes {a.b = #whorl.rope<theta = 1.0e+04, pairing = half, rotary_dim = 0>}
// CHECK: #whorl.rope<theta = 5.000000e+05, pairing = interleaved, rotary_dim = 32, rotary_start = 8>
func.func private @rope_all() attributes {a.b = #whorl.rope<rotary_start = 8, rotary_dim = 32, pairing = interleaved, theta = 500000.0>}
// CHECK: #whorl.rope<theta = 3.000000e+00>
func.func private @rope_integer() attributes {a.b = #whorl.rope<theta = 3>}
// CHECK: #whorl.rope<multiplier = 2.500000e-01, sections = [2, 1, 1], section_order = interleaved, section_frequencies = strided>
func.func private @rope_sections() attributes {a.b = #whorl.rope<section_frequencies = strided, section_order = interleaved, sections = [2, 1, 1], multiplier = 0.25>}
// CHECK: #whorl.rope<scaling = #whorl.position_interpolation<factor = 4.000000e+00>, sections = [4, 4]>
func.func private @rope_linear() attributes {a.b = #whorl.rope<sections = [4, 4], scaling = #whorl.position_interpolation<factor = 4>>}
// CHECK: #whorl.position_interpolation}
func.func private @position_interpolation() attributes {a.b = #whorl.position_interpolation}
// CHECK: #whorl.ntk<factor = 8.000000e+00>
func.func private @ntk() attributes {a.b = #whorl.ntk<factor = 8.0>}
// CHECK: #whorl.dynamic_ntk<factor = 2.000000e+00, original_context = 16>
func.func private @dynamic_ntk() attributes {a.b = #whorl.dynamic_ntk<original_context = 16, factor = 2.0>}
// CHECK: #whorl.yarn}
func.func private @yarn() attributes {a.b = #whorl.yarn<factor = 1.0, original_context = 2048, beta_fast = 32.0, beta_slow = 1.0, truncate = true>}
// CHECK: #whorl.yarn<factor = 4.000000e+00, original_context = 4096, beta_fast = 1.600000e+01, beta_slow = 2.000000e+00, truncate = false, attention_factor = 0.9>
func.func private @yarn_all() attributes {a.b = #whorl.yarn<attention_factor = 0.9, truncate = false, beta_slow = 2.0, beta_fast = 16.0, original_context = 4096, factor = 4.0>}
// CHECK: #whorl.llama3}
func.func private @llama3() attributes {a.b = #whorl.llama3<factor = 8.0, low_frequency_factor = 1.0, high_frequency_factor = 4.0, original_context = 8192>}
// CHECK: #whorl.llama3<factor = 3.200000e+01, low_frequency_factor = 2.000000e+00, high_frequency_factor = 8.000000e+00, original_context = 4096>
func.func private @llama3_all() attributes {a.b = #whorl.llama3<original_context = 4096, high_frequency_factor = 8.0, low_frequency_factor = 2.0, factor = 32.0>}
// CHECK: #whorl.longrope<short_factors = [1.0, 1.1], long_factors = [1.0, 4.0], original_context = 64, factor = 4.000000e+00, attention_factor = 1.2>
func.func private @longrope() attributes {a.b = #whorl.longrope<attention_factor = 1.2, factor = 4.0, original_context = 64, long_factors = [1, 4], short_factors = [1, 1.1]>}
// CHECK: #whorl.xpos}
func.func private @xpos() attributes {a.b = #whorl.xpos<scale_base = 512.0, gamma = 0.4>}
// CHECK: #whorl.xpos<scale_base = 2.560000e+02, gamma = 1.000000e+00, center = 0.0>
func.func private @xpos_all() attributes {a.b = #whorl.xpos<center = 0, gamma = 1.0, scale_base = 256.0>}
// CHECK: #whorl.rope_cache}
func.func private @rope_cache() attributes {a.b = #whorl.rope_cache<pairing = half, rotary_dim = 0, rotary_start = 0>}
// CHECK: #whorl.rope_cache<pairing = interleaved, rotary_dim = 8, rotary_start = 4>
func.func private @rope_cache_all() attributes {a.b = #whorl.rope_cache<rotary_start = 4, rotary_dim = 8, pairing = interleaved>}
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
// CHECK: #whorl.sinusoidal<range = closed, padding = 1.0, merge = modulate>
func.func private @sinusoidal_fairseq() attributes {a.b = #whorl.sinusoidal<merge = modulate, padding = 1, range = closed>}
// CHECK: #whorl.learned<alpha = 0.4, merge = multiply>
func.func private @learned_all() attributes {a.b = #whorl.learned<merge = multiply, alpha = 0.4>}
// CHECK: #whorl.complex_order}
func.func private @complex_order() attributes {a.b = #whorl.complex_order<pairing = interleaved, phases = false>}
// CHECK: #whorl.complex_order<pairing = half, phases = true>
func.func private @complex_order_all() attributes {a.b = #whorl.complex_order<phases = true, pairing = half>}
