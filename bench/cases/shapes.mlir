// Attention in f32 on any number of rows, with heads of many sizes.

func.func @d64(%q: tensor<1x8x?x64xf32>, %k: tensor<1x8x?x64xf32>,
               %v: tensor<1x8x?x64xf32>)
    -> tensor<1x8x?x64xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x8x?x64xf32>, tensor<1x8x?x64xf32>, tensor<1x8x?x64xf32>)
      -> tensor<1x8x?x64xf32>
  return %o : tensor<1x8x?x64xf32>
}

func.func @d64_causal(%q: tensor<1x8x?x64xf32>, %k: tensor<1x8x?x64xf32>,
                      %v: tensor<1x8x?x64xf32>)
    -> tensor<1x8x?x64xf32> {
  %o = whorl.attention %q, %k, %v
    mask #whorl.causal
    : (tensor<1x8x?x64xf32>, tensor<1x8x?x64xf32>, tensor<1x8x?x64xf32>)
      -> tensor<1x8x?x64xf32>
  return %o : tensor<1x8x?x64xf32>
}

func.func @d40(%q: tensor<1x8x?x40xf32>, %k: tensor<1x8x?x40xf32>,
               %v: tensor<1x8x?x40xf32>)
    -> tensor<1x8x?x40xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x8x?x40xf32>, tensor<1x8x?x40xf32>, tensor<1x8x?x40xf32>)
      -> tensor<1x8x?x40xf32>
  return %o : tensor<1x8x?x40xf32>
}

func.func @d72(%q: tensor<1x8x?x72xf32>, %k: tensor<1x8x?x72xf32>,
               %v: tensor<1x8x?x72xf32>)
    -> tensor<1x8x?x72xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x8x?x72xf32>, tensor<1x8x?x72xf32>, tensor<1x8x?x72xf32>)
      -> tensor<1x8x?x72xf32>
  return %o : tensor<1x8x?x72xf32>
}

func.func @d80(%q: tensor<1x8x?x80xf32>, %k: tensor<1x8x?x80xf32>,
               %v: tensor<1x8x?x80xf32>)
    -> tensor<1x8x?x80xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x8x?x80xf32>, tensor<1x8x?x80xf32>, tensor<1x8x?x80xf32>)
      -> tensor<1x8x?x80xf32>
  return %o : tensor<1x8x?x80xf32>
}

func.func @d96(%q: tensor<1x8x?x96xf32>, %k: tensor<1x8x?x96xf32>,
               %v: tensor<1x8x?x96xf32>)
    -> tensor<1x8x?x96xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x8x?x96xf32>, tensor<1x8x?x96xf32>, tensor<1x8x?x96xf32>)
      -> tensor<1x8x?x96xf32>
  return %o : tensor<1x8x?x96xf32>
}

func.func @d128(%q: tensor<1x8x?x128xf32>, %k: tensor<1x8x?x128xf32>,
                %v: tensor<1x8x?x128xf32>)
    -> tensor<1x8x?x128xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x8x?x128xf32>, tensor<1x8x?x128xf32>, tensor<1x8x?x128xf32>)
      -> tensor<1x8x?x128xf32>
  return %o : tensor<1x8x?x128xf32>
}

func.func @d192(%q: tensor<1x8x?x192xf32>, %k: tensor<1x8x?x192xf32>,
                %v: tensor<1x8x?x192xf32>)
    -> tensor<1x8x?x192xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x8x?x192xf32>, tensor<1x8x?x192xf32>, tensor<1x8x?x192xf32>)
      -> tensor<1x8x?x192xf32>
  return %o : tensor<1x8x?x192xf32>
}

func.func @d256(%q: tensor<1x8x?x256xf32>, %k: tensor<1x8x?x256xf32>,
                %v: tensor<1x8x?x256xf32>)
    -> tensor<1x8x?x256xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x8x?x256xf32>, tensor<1x8x?x256xf32>, tensor<1x8x?x256xf32>)
      -> tensor<1x8x?x256xf32>
  return %o : tensor<1x8x?x256xf32>
}

func.func @d64_dv128(%q: tensor<1x8x?x64xf32>, %k: tensor<1x8x?x64xf32>,
                     %v: tensor<1x8x?x128xf32>)
    -> tensor<1x8x?x128xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x8x?x64xf32>, tensor<1x8x?x64xf32>, tensor<1x8x?x128xf32>)
      -> tensor<1x8x?x128xf32>
  return %o : tensor<1x8x?x128xf32>
}

func.func @d192_dv128(%q: tensor<1x8x?x192xf32>, %k: tensor<1x8x?x192xf32>,
                      %v: tensor<1x8x?x128xf32>)
    -> tensor<1x8x?x128xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x8x?x192xf32>, tensor<1x8x?x192xf32>, tensor<1x8x?x128xf32>)
      -> tensor<1x8x?x128xf32>
  return %o : tensor<1x8x?x128xf32>
}

// Next to nothing to do: what a call costs.
func.func @tiny(%q: tensor<1x1x1x8xf32>, %k: tensor<1x1x1x8xf32>,
                %v: tensor<1x1x1x8xf32>)
    -> tensor<1x1x1x8xf32> {
  %o = whorl.attention %q, %k, %v
    : (tensor<1x1x1x8xf32>, tensor<1x1x1x8xf32>, tensor<1x1x1x8xf32>)
      -> tensor<1x1x1x8xf32>
  return %o : tensor<1x1x1x8xf32>
}
