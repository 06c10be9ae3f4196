// Samples that gradients pass through, each with its backward.
//
// Noise is named by its seed, not stored: the backward functions take the seed and
// compute it again. In the compiled code no tensor of noise exists anywhere.

#rows = affine_map<(i, j) -> (i)>
#all = affine_map<(i, j) -> (i, j)>

// z = mu + sigma eps.
func.func @gaussian(%mu: tensor<?x?xf32>, %sigma: tensor<?x?xf32>, %seed: i64)
    -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %mu, %c0 : tensor<?x?xf32>
  %n = tensor.dim %mu, %c1 : tensor<?x?xf32>
  %eps = whorl.random distribution = #whorl.normal generator = #whorl.philox
      key(%seed : i64) sizes(%m, %n) : tensor<?x?xf32>
  %noise = arith.mulf %sigma, %eps : tensor<?x?xf32>
  %z = arith.addf %mu, %noise : tensor<?x?xf32>
  return %z : tensor<?x?xf32>
}

// dmu = dz (so it is not returned), dsigma = dz eps.
func.func @gaussian_backward(%dz: tensor<?x?xf32>, %seed: i64)
    -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %dz, %c0 : tensor<?x?xf32>
  %n = tensor.dim %dz, %c1 : tensor<?x?xf32>
  %eps = whorl.random distribution = #whorl.normal generator = #whorl.philox
      key(%seed : i64) sizes(%m, %n) : tensor<?x?xf32>
  %dsigma = arith.mulf %dz, %eps : tensor<?x?xf32>
  return %dsigma : tensor<?x?xf32>
}

// The logits with noise: l + G.
func.func private @perturb(%logits: tensor<?x?xf32>, %seed: i64)
    -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %logits, %c0 : tensor<?x?xf32>
  %n = tensor.dim %logits, %c1 : tensor<?x?xf32>
  %g = whorl.random distribution = #whorl.gumbel generator = #whorl.philox
      key(%seed : i64) sizes(%m, %n) : tensor<?x?xf32>
  %noisy = arith.addf %logits, %g : tensor<?x?xf32>
  return %noisy : tensor<?x?xf32>
}

// The lowest index of the largest entry of each row.
func.func private @argmax(%x: tensor<?x?xf32>) -> tensor<?xi32> {
  %c0 = arith.constant 0 : index
  %m = tensor.dim %x, %c0 : tensor<?x?xf32>
  %lowest = arith.constant 0xFF800000 : f32
  %first = arith.constant 0 : i32
  %e = tensor.empty(%m) : tensor<?xf32>
  %f = tensor.empty(%m) : tensor<?xi32>
  %values = linalg.fill ins(%lowest : f32) outs(%e : tensor<?xf32>)
      -> tensor<?xf32>
  %indices = linalg.fill ins(%first : i32) outs(%f : tensor<?xi32>)
      -> tensor<?xi32>
  %best:2 = linalg.generic {indexing_maps = [#all, #rows, #rows],
      iterator_types = ["parallel", "reduction"]} ins(%x : tensor<?x?xf32>)
      outs(%values, %indices : tensor<?xf32>, tensor<?xi32>) {
  ^bb0(%v: f32, %best: f32, %at: i32):
    %j = linalg.index 1 : index
    %k = arith.index_cast %j : index to i32
    %isBetter = arith.cmpf ogt, %v, %best : f32
    %value = arith.select %isBetter, %v, %best : f32
    %index = arith.select %isBetter, %k, %at : i32
    linalg.yield %value, %index : f32, i32
  } -> (tensor<?xf32>, tensor<?xi32>)
  return %best#1 : tensor<?xi32>
}

// A sample of softmax(logits): noise, sum and argmax are one pass.
func.func @gumbel_max(%logits: tensor<?x?xf32>, %seed: i64) -> tensor<?xi32> {
  %noisy = call @perturb(%logits, %seed)
      : (tensor<?x?xf32>, i64) -> tensor<?x?xf32>
  %index = call @argmax(%noisy) : (tensor<?x?xf32>) -> tensor<?xi32>
  return %index : tensor<?xi32>
}

// y = softmax((logits + G) / tau).
func.func @gumbel_softmax(%logits: tensor<?x?xf32>, %seed: i64, %tau: f32)
    -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %logits, %c0 : tensor<?x?xf32>
  %n = tensor.dim %logits, %c1 : tensor<?x?xf32>
  %noisy = call @perturb(%logits, %seed)
      : (tensor<?x?xf32>, i64) -> tensor<?x?xf32>
  %e = tensor.empty(%m, %n) : tensor<?x?xf32>
  %scaled = linalg.generic {indexing_maps = [#all, #all],
      iterator_types = ["parallel", "parallel"]} ins(%noisy : tensor<?x?xf32>)
      outs(%e : tensor<?x?xf32>) {
  ^bb0(%v: f32, %o: f32):
    %q = arith.divf %v, %tau : f32
    linalg.yield %q : f32
  } -> tensor<?x?xf32>
  %y = linalg.softmax dimension(1) ins(%scaled : tensor<?x?xf32>)
      outs(%e : tensor<?x?xf32>) -> tensor<?x?xf32>
  return %y : tensor<?x?xf32>
}

// dlogits = y (dy - <dy, y>) / tau.
func.func @gumbel_softmax_backward(%dy: tensor<?x?xf32>, %y: tensor<?x?xf32>,
                                   %tau: f32) -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %y, %c0 : tensor<?x?xf32>
  %n = tensor.dim %y, %c1 : tensor<?x?xf32>
  %zero = arith.constant 0.0 : f32
  %r = tensor.empty(%m) : tensor<?xf32>
  %zeros = linalg.fill ins(%zero : f32) outs(%r : tensor<?xf32>) -> tensor<?xf32>
  %dot = linalg.generic {indexing_maps = [#all, #all, #rows],
      iterator_types = ["parallel", "reduction"]}
      ins(%dy, %y : tensor<?x?xf32>, tensor<?x?xf32>)
      outs(%zeros : tensor<?xf32>) {
  ^bb0(%a: f32, %b: f32, %sum: f32):
    %p = arith.mulf %a, %b : f32
    %s = arith.addf %sum, %p : f32
    linalg.yield %s : f32
  } -> tensor<?xf32>
  %e = tensor.empty(%m, %n) : tensor<?x?xf32>
  %dl = linalg.generic {indexing_maps = [#all, #all, #rows, #all],
      iterator_types = ["parallel", "parallel"]}
      ins(%dy, %y, %dot : tensor<?x?xf32>, tensor<?x?xf32>, tensor<?xf32>)
      outs(%e : tensor<?x?xf32>) {
  ^bb0(%a: f32, %b: f32, %d: f32, %o: f32):
    %s = arith.subf %a, %d : f32
    %p = arith.mulf %b, %s : f32
    %q = arith.divf %p, %tau : f32
    linalg.yield %q : f32
  } -> tensor<?x?xf32>
  return %dl : tensor<?x?xf32>
}

// hard + soft - stop_gradient(soft): forward the one-hot sample, which is what
// the sum is; backward the gradient of the soft one.
func.func @straight_through(%logits: tensor<?x?xf32>, %seed: i64)
    -> tensor<?x?xf32> {
  %c0 = arith.constant 0 : index
  %c1 = arith.constant 1 : index
  %m = tensor.dim %logits, %c0 : tensor<?x?xf32>
  %n = tensor.dim %logits, %c1 : tensor<?x?xf32>
  %index = call @gumbel_max(%logits, %seed)
      : (tensor<?x?xf32>, i64) -> tensor<?xi32>
  %e = tensor.empty(%m, %n) : tensor<?x?xf32>
  %hard = linalg.generic {indexing_maps = [#rows, #all],
      iterator_types = ["parallel", "parallel"]} ins(%index : tensor<?xi32>)
      outs(%e : tensor<?x?xf32>) {
  ^bb0(%k: i32, %o: f32):
    %j = linalg.index 1 : index
    %column = arith.index_cast %j : index to i32
    %isIt = arith.cmpi eq, %column, %k : i32
    %v = arith.uitofp %isIt : i1 to f32
    linalg.yield %v : f32
  } -> tensor<?x?xf32>
  return %hard : tensor<?x?xf32>
}

func.func @straight_through_backward(%dy: tensor<?x?xf32>,
                                     %logits: tensor<?x?xf32>, %seed: i64,
                                     %tau: f32) -> tensor<?x?xf32> {
  %soft = call @gumbel_softmax(%logits, %seed, %tau)
      : (tensor<?x?xf32>, i64, f32) -> tensor<?x?xf32>
  %dl = call @gumbel_softmax_backward(%dy, %soft, %tau)
      : (tensor<?x?xf32>, tensor<?x?xf32>, f32) -> tensor<?x?xf32>
  return %dl : tensor<?x?xf32>
}
