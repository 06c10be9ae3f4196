// One negative test per constraint of whorl.random, whorl.random_bits and the
// distributions.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @random_c1(%s: i64) {
  // expected-error @+1 {{(C1) expected the element type f16, bf16, f32 or f64, got 'i32'}}
  %z = whorl.random distribution = #whorl.normal generator = #whorl.philox
         key(%s : i64) : tensor<4xi32>
  return
}

// -----

func.func @random_c1_form(%s: i64) {
  // expected-error @+1 {{(C1) expected the element type f16, bf16 or f32, got 'f64'}}
  %z = whorl.random distribution = #whorl.normal<form = box_muller>
         generator = #whorl.philox key(%s : i64) : tensor<4xf64>
  return
}

// -----

func.func @random_c1_jax(%s: i64) {
  // expected-error @+1 {{(C1) expected the element type f32 or f64, got 'f16'}}
  %z = whorl.random distribution = #whorl.exponential<form = jax>
         generator = #whorl.philox key(%s : i64) : tensor<4xf16>
  return
}

// -----

func.func @random_c1_integers(%s: i64) {
  // expected-error @+1 {{(C1) expected the element type i32 or i64, got 'f32'}}
  %z = whorl.random distribution = #whorl.bits generator = #whorl.philox
         key(%s : i64) : tensor<4xf32>
  return
}

// -----

func.func @random_c2_distribution(%s: i64) {
  // expected-error @+1 {{(C2) expected a distribution, such as #whorl.normal, got #whorl.philox}}
  %z = whorl.random distribution = #whorl.philox generator = #whorl.philox
         key(%s : i64) : tensor<4xf32>
  return
}

// -----

func.func @random_c2_generator(%s: i64) {
  // expected-error @+1 {{(C2) expected a random generator, such as #whorl.philox, got #whorl.normal}}
  %z = whorl.random distribution = #whorl.normal generator = #whorl.normal
         key(%s : i64) : tensor<4xf32>
  return
}

// -----

func.func @random_c3_none() {
  // expected-error @+1 {{(C3) expected the key to be one i64 or two i32, got}}
  %z = "whorl.random"() <{distribution = #whorl.normal,
         generator = #whorl.philox,
         operandSegmentSizes = array<i32: 0, 0, 0, 0, 0>}> : () -> tensor<4xf32>
  return
}

// -----

func.func @random_c3_word(%k: i32) {
  // expected-error @+1 {{(C3) expected the key to be one i64 or two i32, got 'i32'}}
  %z = whorl.random distribution = #whorl.normal generator = #whorl.philox
         key(%k : i32) : tensor<4xf32>
  return
}

// -----

func.func @random_c4(%s: i64, %n: index) {
  // expected-error @+1 {{(C4) expected one size for each of the 2 dynamic dimensions of 'tensor<?x4x?xf32>', got 1}}
  %z = whorl.random distribution = #whorl.normal generator = #whorl.philox
         key(%s : i64) sizes(%n) : tensor<?x4x?xf32>
  return
}

// -----

func.func @random_c5_type(%s: i64, %t: tensor<5xf32>) {
  // expected-error @+1 {{(C5) expected outs to have the result's type, 'tensor<4xf32>', got 'tensor<5xf32>'}}
  %z = whorl.random distribution = #whorl.normal generator = #whorl.philox
         key(%s : i64) outs(%t : tensor<5xf32>) : tensor<4xf32>
  return
}

// -----

func.func @random_c5_neither(%s: i64) {
  // expected-error @+1 {{(C5) expected a result on tensors or outs on memrefs, got neither}}
  whorl.random distribution = #whorl.normal generator = #whorl.philox
    key(%s : i64)
  return
}

// -----

func.func @random_c5_no_result(%s: i64, %t: tensor<5xf32>) {
  // expected-error @+1 {{(C5) expected a result beside outs on tensors, got none}}
  whorl.random distribution = #whorl.normal generator = #whorl.philox
    key(%s : i64) outs(%t : tensor<5xf32>)
  return
}

// -----

func.func @random_bits_c1(%k: i32) {
  // expected-error @+1 {{(C1) expected a random generator, such as #whorl.philox, got #whorl.bits}}
  %w = whorl.random_bits generator = #whorl.bits draw = word key(%k, %k) : i32
  return
}

// -----

func.func @random_bits_c2(%k: i32, %i: index) {
  // expected-error @+1 {{(C2) expected as many sizes as coordinates, 1, got 0}}
  %w = whorl.random_bits generator = #whorl.philox draw = word key(%k, %k)
         at(%i) : i32
  return
}

// -----

func.func @random_bits_c3(%k: i32) {
  // expected-error @+1 {{(C3) expected 2 results for draw two_words, got 1}}
  %w = whorl.random_bits generator = #whorl.philox draw = two_words
         key(%k, %k) : i32
  return
}

// -----

// expected-error @+1 {{(U1) expected low < high, got 1.0 and 1.0}}
func.func private @uniform_u1() attributes {a = #whorl.uniform<low = 1.0>}

// -----

func.func @uniform_u2(%s: i64) {
  // expected-error @+1 {{(U2) expected low, high and high - low to be finite and distinct numbers of 'f16', got 0.0 and 100000.0}}
  %z = whorl.random distribution = #whorl.uniform<high = 100000.0>
         generator = #whorl.philox key(%s : i64) : tensor<4xf16>
  return
}

// -----

// expected-error @+1 {{(N1) expected a finite mean and a finite stddev that is not negative, got 0.0 and -1.0}}
func.func private @normal_n1() attributes {a = #whorl.normal<stddev = -1.0>}

// -----

// expected-error @+1 {{(X1) expected a positive, finite rate, got 0.0}}
func.func private @exponential_x1() attributes {a = #whorl.exponential<rate = 0.0>}

// -----

// expected-error @+1 {{(I1) expected low < high, got 4 and 4}}
func.func private @integers_i1() attributes {a = #whorl.integers<low = 4, high = 4>}

// -----

func.func @integers_i2(%s: i64) {
  // expected-error @+1 {{(I2) expected integers from 0 to 4294967295 to fit i32; use i64}}
  %z = whorl.random distribution = #whorl.integers<low = 0, high = 4294967296>
         generator = #whorl.philox key(%s : i64) : tensor<4xi32>
  return
}

// -----

// expected-error @+1 {{expected inverse, box_muller or jax, got 'fast'}}
func.func private @normal_form() attributes {a = #whorl.normal<form = fast>}
