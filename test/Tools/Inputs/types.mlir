func.func @same(%a: tensor<5x3xf16>, %b: tensor<5x3xbf16>, %c: tensor<5x3xf32>, %d: tensor<5x3xf64>, %e: tensor<5x3xi8>, %f: tensor<5x3xi32>, %g: tensor<5x3xi64>, %h: tensor<5x3xi1>)
    -> (tensor<5x3xf16>, tensor<5x3xbf16>, tensor<5x3xf32>, tensor<5x3xf64>, tensor<5x3xi8>, tensor<5x3xi32>, tensor<5x3xi64>, tensor<5x3xi1>) {
  return %a, %b, %c, %d, %e, %f, %g, %h : tensor<5x3xf16>, tensor<5x3xbf16>, tensor<5x3xf32>, tensor<5x3xf64>, tensor<5x3xi8>, tensor<5x3xi32>, tensor<5x3xi64>, tensor<5x3xi1>
}
