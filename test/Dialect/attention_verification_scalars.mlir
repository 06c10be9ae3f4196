// C7 and C8: scale, softcap and offset.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

func.func @attention_c7_scale(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C7) expected a finite scale, got nan}}
  %o = whorl.attention %q, %q, %q scale(0x7FF8000000000000)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c7_infinite(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C7) expected a finite scale, got INF}}
  %o = whorl.attention %q, %q, %q scale(1.0e+999)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c7_softcap(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C7) expected a finite softcap above 0, got 0.000000e+00}}
  %o = whorl.attention %q, %q, %q softcap(0.0)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c7_negative(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C7) expected a finite softcap above 0, got -2.000000e+00}}
  %o = whorl.attention %q, %q, %q softcap(-2.0)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c8_scale(%q: tensor<2x4x3x8xf32>, %s: f16) {
  // expected-error @+1 {{(C8) expected scale of type f32 or f64, got 'f16'}}
  %o = whorl.attention %q, %q, %q scale(%s : f16)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c8_softcap(%q: tensor<2x4x3x8xf32>, %s: bf16) {
  // expected-error @+1 {{(C8) expected softcap of type f32 or f64, got 'bf16'}}
  %o = whorl.attention %q, %q, %q softcap(%s : bf16)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c8_offset(%q: tensor<2x4x3x8xf32>, %n: i64) {
  // expected-error @+1 {{(C8) expected an offset of type index or a tensor of 2 integers, got 'i64'}}
  %o = whorl.attention %q, %q, %q offset(%n : i64)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c8_offset_size(%q: tensor<2x4x3x8xf32>, %n: tensor<3xi64>) {
  // expected-error @+1 {{(C8) expected an offset of type index or a tensor of 2 integers, got 'tensor<3xi64>'}}
  %o = whorl.attention %q, %q, %q offset(%n : tensor<3xi64>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c8_offset_float(%q: tensor<2x4x3x8xf32>, %n: tensor<2xf32>) {
  // expected-error @+1 {{(C8) expected an offset of type index or a tensor of 2 integers, got 'tensor<2xf32>'}}
  %o = whorl.attention %q, %q, %q offset(%n : tensor<2xf32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c8_offset_unsigned(%q: tensor<2x4x3x8xf32>, %n: tensor<2xui32>) {
  // expected-error @+1 {{(C8) expected an offset of type index or a tensor of 2 integers, got 'tensor<2xui32>'}}
  %o = whorl.attention %q, %q, %q offset(%n : tensor<2xui32>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c8_offset_rank(%q: tensor<2x4x3x8xf32>, %n: tensor<i64>) {
  // expected-error @+1 {{(C8) expected an offset of type index or a tensor of 2 integers, got 'tensor<i64>'}}
  %o = whorl.attention %q, %q, %q offset(%n : tensor<i64>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c8_offset_unranked(%q: tensor<2x4x3x8xf32>, %n: tensor<*xi64>) {
  // expected-error @+1 {{(C8) expected an offset of type index or a tensor of 2 integers, got 'tensor<*xi64>'}}
  %o = whorl.attention %q, %q, %q offset(%n : tensor<*xi64>)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @attention_c8_both(%q: tensor<2x4x3x8xf32>, %s: f32) {
  // expected-error @+1 {{(C8) expected scale, softcap and offset as a constant or a value, got both}}
  %o = "whorl.attention"(%q, %q, %q, %s)
      <{static_scale = 5.0e-01 : f64, operandSegmentSizes = array<i32: 1, 1, 1, 1, 0, 0, 0, 0, 0, 0, 0, 0, 0>}> ({})
      : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, f32) -> tensor<2x4x3x8xf32>
  return
}
