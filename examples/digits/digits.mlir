// A diffusion model of handwritten digits that needs no training.
//
// For data y_1 ... y_n the ideal denoiser at noise level s is
//
//   D(x; s) = sum_j p_j y_j,   p = softmax_j(-|x - y_j|^2 / (2 s^2)).
//
// |x|^2 is the same for all j and drops out of the softmax, so that D is one
// attention: query x, keys and values y, scale 1/s^2, and a score term
// -|y_j|^2 / (2 s^2). A digit of a wanted class sees the data of that class
// only: a mask of document ids, class against label.

// The noise levels of EDM (Karras et al. 2022), in 32 Euler steps.
#levels = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 32>

func.func private @denoise(%x: tensor<100x64xf32>, %sigma: f32,
                           %classes: tensor<100xi32>,
                           %data: tensor<1797x64xf32>,
                           %labels: tensor<1797xi32>,
                           %norms: tensor<1797xf32>) -> tensor<100x64xf32> {
  %one = arith.constant 1.0 : f32
  %minus_half = arith.constant -0.5 : f32
  %variance = arith.mulf %sigma, %sigma : f32
  %scale = arith.divf %one, %variance : f32
  %weight = arith.mulf %scale, %minus_half : f32
  %query = tensor.expand_shape %x [[0, 1, 2], [3]] output_shape [1, 1, 100, 64]
      : tensor<100x64xf32> into tensor<1x1x100x64xf32>
  %key = tensor.expand_shape %data [[0, 1, 2], [3]]
      output_shape [1, 1, 1797, 64]
      : tensor<1797x64xf32> into tensor<1x1x1797x64xf32>
  %mean = whorl.attention %query, %key, %key scale(%scale : f32)
      mask #whorl.documents(%classes, %labels : tensor<100xi32>, tensor<1797xi32>)
      score(%s, %b, %h, %i, %j) {
        %norm = tensor.extract %norms[%j] : tensor<1797xf32>
        %term = arith.mulf %weight, %norm : f32
        %score = arith.addf %s, %term : f32
        whorl.yield %score : f32
      }
      : (tensor<1x1x100x64xf32>, tensor<1x1x1797x64xf32>,
         tensor<1x1x1797x64xf32>) -> tensor<1x1x100x64xf32>
  %result = tensor.collapse_shape %mean [[0, 1, 2], [3]]
      : tensor<1x1x100x64xf32> into tensor<100x64xf32>
  return %result : tensor<100x64xf32>
}

// |y_j|^2 of each row.
func.func private @squared_norms(%data: tensor<1797x64xf32>)
    -> tensor<1797xf32> {
  %zero = arith.constant 0.0 : f32
  %empty = tensor.empty() : tensor<1797xf32>
  %init = linalg.fill ins(%zero : f32) outs(%empty : tensor<1797xf32>)
      -> tensor<1797xf32>
  %norms = linalg.generic {
      indexing_maps = [affine_map<(j, d) -> (j, d)>, affine_map<(j, d) -> (j)>],
      iterator_types = ["parallel", "reduction"]}
      ins(%data : tensor<1797x64xf32>) outs(%init : tensor<1797xf32>) {
  ^bb0(%y: f32, %sum: f32):
    %square = arith.mulf %y, %y : f32
    %next = arith.addf %sum, %square : f32
    linalg.yield %next : f32
  } -> tensor<1797xf32>
  return %norms : tensor<1797xf32>
}

// From noise of standard deviation 80 to digits of the wanted classes.
func.func @sample(%noise: tensor<100x64xf32>, %classes: tensor<100xi32>,
                  %data: tensor<1797x64xf32>, %labels: tensor<1797xi32>)
    -> tensor<100x64xf32> {
  %norms = func.call @squared_norms(%data)
      : (tensor<1797x64xf32>) -> tensor<1797xf32>
  %digits = whorl.sample %noise sampler = #whorl.euler schedule = #levels
      prediction = x0 {
    ^bb0(%x: tensor<100x64xf32>, %sigma: f32):
      %mean = func.call @denoise(%x, %sigma, %classes, %data, %labels, %norms)
          : (tensor<100x64xf32>, f32, tensor<100xi32>, tensor<1797x64xf32>,
             tensor<1797xi32>, tensor<1797xf32>) -> tensor<100x64xf32>
      whorl.yield %mean : tensor<100x64xf32>
  } : tensor<100x64xf32>
  return %digits : tensor<100x64xf32>
}

// The same noise by two samplers: 8 calls of the model, and 64.
func.func @compare(%noise: tensor<100x64xf32>, %classes: tensor<100xi32>,
                   %data: tensor<1797x64xf32>, %labels: tensor<1797xi32>)
    -> (tensor<100x64xf32>, tensor<100x64xf32>) {
  %norms = func.call @squared_norms(%data)
      : (tensor<1797x64xf32>) -> tensor<1797xf32>
  %few = whorl.sample %noise sampler = #whorl.dpmpp
      schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 8>
      prediction = x0 {
    ^bb0(%x: tensor<100x64xf32>, %sigma: f32):
      %mean = func.call @denoise(%x, %sigma, %classes, %data, %labels, %norms)
          : (tensor<100x64xf32>, f32, tensor<100xi32>, tensor<1797x64xf32>,
             tensor<1797xi32>, tensor<1797xf32>) -> tensor<100x64xf32>
      whorl.yield %mean : tensor<100x64xf32>
  } : tensor<100x64xf32>
  %many = whorl.sample %noise sampler = #whorl.euler
      schedule = #whorl.ve<sigmas = karras(0.002, 80.0), steps = 64>
      prediction = x0 {
    ^bb0(%x: tensor<100x64xf32>, %sigma: f32):
      %mean = func.call @denoise(%x, %sigma, %classes, %data, %labels, %norms)
          : (tensor<100x64xf32>, f32, tensor<100xi32>, tensor<1797x64xf32>,
             tensor<1797xi32>, tensor<1797xf32>) -> tensor<100x64xf32>
      whorl.yield %mean : tensor<100x64xf32>
  } : tensor<100x64xf32>
  return %few, %many : tensor<100x64xf32>, tensor<100x64xf32>
}
