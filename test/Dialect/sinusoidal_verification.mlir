// S1 to S4 of #whorl.sinusoidal.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @sinusoidal_s1(%x: tensor<2x16x8xf32>) {
  // expected-error @+1 {{(C3) (S1) sinusoidal expects a finite base > 1, got 1.000000e+00}}
  %y = whorl.encode_position #whorl.sinusoidal<base = 1.0> %x : tensor<2x16x8xf32>
  return
}

// -----

func.func @sinusoidal_s1_infinite(%x: tensor<2x16x8xf32>) {
  // expected-error @+1 {{(C3) (S1) sinusoidal expects a finite base > 1, got INF}}
  %y = whorl.encode_position #whorl.sinusoidal<base = 1.0e+999> %x : tensor<2x16x8xf32>
  return
}

// -----

func.func @sinusoidal_s2_odd(%x: tensor<2x7xf32>) {
  // expected-error @+1 {{(C3) (S2) sinusoidal expects rows of static, even length up to 1048576, got 7}}
  %y = whorl.encode_position #whorl.sinusoidal %x : tensor<2x7xf32>
  return
}

// -----

func.func @sinusoidal_s2_dynamic(%x: tensor<2x?xf32>) {
  // expected-error @+1 {{(C3) (S2) sinusoidal expects rows of static, even length up to 1048576, got ?}}
  %y = whorl.encode_position #whorl.sinusoidal %x : tensor<2x?xf32>
  return
}

// -----

func.func @sinusoidal_s2_huge(%x: tensor<2x2097152xf32>) {
  // expected-error @+1 {{(C3) (S2) sinusoidal expects rows of static, even length up to 1048576, got 2097152}}
  %y = whorl.encode_position #whorl.sinusoidal %x : tensor<2x2097152xf32>
  return
}

// -----

func.func @sinusoidal_s3(%x: tensor<2x16x8xf32>) {
  // expected-error @+1 {{(C3) (S3) sinusoidal takes no operands, got 1}}
  %y = whorl.encode_position #whorl.sinusoidal %x operands(%x : tensor<2x16x8xf32>) : tensor<2x16x8xf32>
  return
}

// -----

func.func @sinusoidal_s4(%x: tensor<3x2xf32>) {
  // expected-error @+1 {{(C3) (S4) sinusoidal expects two pairs or more for range = closed, got 1}}
  %y = whorl.encode_position #whorl.sinusoidal<range = closed> %x : tensor<3x2xf32>
  return
}
