// M1 and M2 of #whorl.mask.
// RUN: whorl-opt %s --split-input-file --verify-diagnostics

// expected-error @+1 {{(M1) expected a set over two dimensions (i, j), got 1}}
func.func private @mask_m1_one() attributes {a.b = #whorl.mask<"(i) : (i >= 0)">}

// -----

// expected-error @+1 {{(M1) expected a set over two dimensions (i, j), got 3}}
func.func private @mask_m1_three() attributes {a.b = #whorl.mask<"(i, j, k) : (k >= 0)">}

// -----

// expected-error @+1 {{(M1) expected affine constraints, which multiply by constants and divide by positive ones, got d0 * s0}}
func.func private @mask_m1_product() attributes {a.b = #whorl.mask<"(i, j)[n] : (i * n >= 0)">}

// -----

// expected-error @+1 {{(M1) expected affine constraints, which multiply by constants and divide by positive ones, got d0 floordiv s0 - d1}}
func.func private @mask_m1_symbol() attributes {a.b = #whorl.mask<"(i, j)[n] : (i floordiv n - j >= 0)">}

// -----

// expected-error @+1 {{(M1) expected affine constraints, which multiply by constants and divide by positive ones, got d0 mod 0}}
func.func private @mask_m1_zero() attributes {a.b = #whorl.mask<"(i, j) : (i mod 0 >= 0)">}

// -----

// expected-error @+1 {{(M1) expected affine constraints, which multiply by constants and divide by positive ones, got d1 ceildiv -2}}
func.func private @mask_m1_negative() attributes {a.b = #whorl.mask<"(i, j) : (j ceildiv -2 >= 0)">}

// -----

// expected-error @+1 {{expected an affine set such as "(i, j)[n] : (i - j >= 0, n - j - 1 >= 0)", got "(i, j) -> (i)"}}
func.func private @mask_no_set() attributes {a.b = #whorl.mask<"(i, j) -> (i)">}

// -----

func.func @mask_m2_count(%q: tensor<2x4x3x8xf32>) {
  // expected-error @+1 {{(C11) (M2) mask takes 1 mask operands, got 0}}
  %o = whorl.attention %q, %q, %q mask #whorl.mask<"(i, j)[n] : (n - j >= 0)">
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}

// -----

func.func @mask_m2_type(%q: tensor<2x4x3x8xf32>, %n: i32) {
  // expected-error @+1 {{(C11) (M2) mask takes operands of type index, got 'i32'}}
  %o = whorl.attention %q, %q, %q mask #whorl.mask<"(i, j)[n] : (n - j >= 0)">(%n : i32)
       : (tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>, tensor<2x4x3x8xf32>) -> tensor<2x4x3x8xf32>
  return
}
