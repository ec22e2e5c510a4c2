"""The cases of shapes.tsv of steps of a range, as in shape_cases.py."""

TABLE = '''
QuantizeV2 | float[2,?]; float[]; float[] | T=qint8
QuantizeV2 | float?; float?; float[] | T=quint16
QuantizeV2 | float[2]; float[1]; float[] | T=qint8
QuantizeV2 | float[2]; float[]; float[2] | T=qint32
Dequantize | qint8[2,?]; float[]; float? |
Dequantize | quint8[2,?]; float[]; float[1] |
QuantizeAndDequantizeV2 | float[2,?]; float[]; float[] |
QuantizeAndDequantizeV2 | double[2,?]; double[]; double[1] |
QuantizeAndDequantizeV3 | float[2,?]; float[]; float[]; int32[] |
QuantizeAndDequantizeV3 | float[2,?]; float[]; float[]; int32[1] |
QuantizeDownAndShrinkRange | qint32[2,?]; float[]; float[] | out_type=quint8
QuantizeDownAndShrinkRange | qint32?; float[]; float[] | out_type=quint8
QuantizeDownAndShrinkRange | qint32[2]; float[]; float[1] | out_type=quint8
Requantize | qint32[2,?]; float[]; float[]; float[]; float[] | out_type=qint8
Requantize | qint32[2]; float[]; float[]; float[]; float[1] | out_type=qint8
Requantize | qint32[2]; float[]; float[]; float[1]; float[] | out_type=qint8
RequantizationRange | qint32[2,?]; float[]; float[] |
RequantizationRange | qint32?; float?; float[] |
RequantizationRange | qint32[2]; float[]; float[1] |
QuantizedMatMul | quint8[2,?]; quint8[3,4]; float[]; float[]; float[]; float[] |
QuantizedMatMul | quint8?; quint8[4,?]; float[]; float[]; float[]; float[] | transpose_b=true
QuantizedMatMul | quint8[2,3]; quint8[4,5]; float[]; float[]; float[]; float[] |
QuantizedMatMul | quint8[2]; quint8[4,5]; float[]; float[]; float[]; float[] |
QuantizedMatMul | quint8[2,3]; quint8[3,5]; float[]; float[]; float[]; float[1] |
QuantizedMatMul | quint8[2,3]; quint8[3,5]; float[1]; float[]; float[]; float[] |
QuantizedBiasAdd | quint8[2,?]; quint8[4]; float[]; float[]; float[]; float[] | out_type=qint32
QuantizedBiasAdd | quint8?; quint8[4]; float[]; float[]; float[]; float[] | out_type=qint32
QuantizedBiasAdd | quint8[2,3]; quint8[4]; float[]; float[]; float[]; float[] | out_type=qint32
QuantizedBiasAdd | quint8[3]; quint8[3]; float[]; float[]; float[]; float[] | out_type=qint32
QuantizedBiasAdd | quint8[2,3]; quint8[3]; float[]; float[]; float[]; float[1] | out_type=qint32
QuantizedRelu | quint8[2,?]; float[]; float[] |
QuantizedRelu | quint8[2]; float[]; float[1] |
QuantizedRelu6 | qint32[2,?]; float[]; float[] | out_type=qint32
QuantizedRelu6 | qint32[2]; float[1]; float[] | out_type=qint32
QuantizedReluX | quint8[2,?]; float[]; float[]; float[] |
QuantizedReluX | quint8[2]; float[1]; float[]; float[] |
QuantizedReluX | quint8[2]; float[]; float[1]; float[] |
QuantizedReluX | quint8[2]; float[]; float[]; float[1] |
QuantizedReshape | quint8[2,6]; int32[2]=3,-1; float[]; float[] |
QuantizedReshape | quint8[2,6]; int64[2]; float[]; float[] |
QuantizedReshape | quint8[2,6]; int32[2]=5,-1; float[]; float[] |
QuantizedReshape | string[2,6]; int32[1]=12; float[1]; float[] |
QuantizedConv2D | quint8[2,5,?,3]; quint8[3,3,3,4]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2D | quint8?; quint8[3,3,3,4]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2D | quint8[2,5,6,3]; quint8[3,3,2,4]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2D | quint8[2,5,6,3]; quint8[3,3,3,4]; float[]; float[]; float[]; float[] | strides=[1,1,1,1] padding=VALID dilations=[1,2,2,1]
QuantizedConv2D | quint8[2,5,6,3]; quint8[3,3,3,4]; float[]; float[]; float[]; float[1] | strides=[1,2,2,1] padding=SAME
QuantizedConv2D | quint8[2,5,6]; quint8[3,3,3,4]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DPerChannel | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DPerChannel | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[4]; float[4] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DPerChannel | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[]; float? | strides=[1,2,2,1] padding=SAME
QuantizedConv2DPerChannel | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[2,3]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DPerChannel | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[4]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DAndRelu | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DAndRelu | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[4]; float[4] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DAndRelu | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[]; float? | strides=[1,2,2,1] padding=SAME
QuantizedConv2DAndRelu | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[2,3]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DAndRelu | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[4]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[4]; float[4]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[]; float?; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[2,3]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[4]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[]; float[]; float[]; float[1] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[4]; float[4]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[]; float?; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[2,3]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[4]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[]; float[]; float[]; float[1] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBias | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBias | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[4]; float[4] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBias | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float? | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBias | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[2,3]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBias | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[4]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBias | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasAndRelu | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasAndRelu | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[4]; float[4] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasAndRelu | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float? | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasAndRelu | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[2,3]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasAndRelu | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[4]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasAndRelu | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[4]; float[4]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float?; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[2,3]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[4]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float[]; float[]; float[1] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; qint32[4]; float[]; float[]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; qint32[4]; float[]; float[]; float[4]; float[4]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; qint32[4]; float[]; float[]; float[]; float?; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; qint32[4]; float[]; float[]; float[2,3]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; qint32[4]; float[]; float[4]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; qint32[]; float[]; float[]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; qint32[4]; float[]; float[]; float[]; float[]; float[]; float[1] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasSignedSumAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float[]; float[]; float[]; quint8[1,2]; float[2]; float[3] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasSignedSumAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[4]; float[4]; float[]; float[]; quint8[1,2]; float[2]; float[3] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasSignedSumAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float?; float[]; float[]; quint8[1,2]; float[2]; float[3] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasSignedSumAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[2,3]; float[]; float[]; float[]; quint8[1,2]; float[2]; float[3] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasSignedSumAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[4]; float[]; float[]; float[]; float[]; quint8[1,2]; float[2]; float[3] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasSignedSumAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[]; float[]; float[]; float[]; float[]; quint8[1,2]; float[2]; float[3] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasSignedSumAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float[]; float[]; float[1]; quint8[1,2]; float[2]; float[3] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasSumAndRelu | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float[]; float[1,2] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasSumAndRelu | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[4]; float[4]; float[1,2] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasSumAndRelu | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float?; float[1,2] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasSumAndRelu | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[2,3]; float[]; float[1,2] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasSumAndRelu | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[4]; float[]; float[]; float[1,2] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasSumAndRelu | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[]; float[]; float[]; float[1,2] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasSumAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float[]; float[]; float[]; quint8[1,2]; float[2]; float[3] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasSumAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[4]; float[4]; float[]; float[]; quint8[1,2]; float[2]; float[3] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasSumAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float?; float[]; float[]; quint8[1,2]; float[2]; float[3] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasSumAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[2,3]; float[]; float[]; float[]; quint8[1,2]; float[2]; float[3] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasSumAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[4]; float[]; float[]; float[]; float[]; quint8[1,2]; float[2]; float[3] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasSumAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[]; float[]; float[]; float[]; float[]; quint8[1,2]; float[2]; float[3] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DWithBiasSumAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float[]; float[]; float[1]; quint8[1,2]; float[2]; float[3] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DPerChannel | quint8[2,5]; qint8[3,3,3,4]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedConv2DPerChannel | quint8[2,5,6,2]; qint8[3,3,3,4]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedDepthwiseConv2D | quint8[2,5,?,3]; qint8[3,3,3,4]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedDepthwiseConv2D | quint8[2,5,?,3]; qint8[3,3,3,4]; float[2]; float[]; float[1]; float[2,3] | strides=[1,2,2,1] padding=SAME
QuantizedDepthwiseConv2D | quint8?; qint8[3,3,3,4]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedDepthwiseConv2D | quint8[2]; qint8[3,3,3,4]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedDepthwiseConv2DWithBias | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedDepthwiseConv2DWithBias | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[2]; float[]; float[1]; float[2,3] | strides=[1,2,2,1] padding=SAME
QuantizedDepthwiseConv2DWithBias | quint8?; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedDepthwiseConv2DWithBias | quint8[2]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedDepthwiseConv2DWithBiasAndRelu | quint8[2,5,?,3]; qint8[3,3,3,4]; float[1,2]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedDepthwiseConv2DWithBiasAndRelu | quint8[2,5,?,3]; qint8[3,3,3,4]; float[1,2]; float[2]; float[]; float[1]; float[2,3] | strides=[1,2,2,1] padding=SAME
QuantizedDepthwiseConv2DWithBiasAndRelu | quint8?; qint8[3,3,3,4]; float[1,2]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedDepthwiseConv2DWithBiasAndRelu | quint8[2]; qint8[3,3,3,4]; float[1,2]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedDepthwiseConv2DWithBiasAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedDepthwiseConv2DWithBiasAndReluAndRequantize | quint8[2,5,?,3]; qint8[3,3,3,4]; float[4]; float[2]; float[]; float[1]; float[2,3]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedDepthwiseConv2DWithBiasAndReluAndRequantize | quint8?; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedDepthwiseConv2DWithBiasAndReluAndRequantize | quint8[2]; qint8[3,3,3,4]; float[4]; float[]; float[]; float[]; float[]; float[]; float[] | strides=[1,2,2,1] padding=SAME
QuantizedMatMulWithBias | quint8[2,?]; qint8[3,4]; float[4]; float[]; float[]; float[]; float[] |
QuantizedMatMulWithBias | quint8?; qint8[4,?]; float[4]; float[]; float[]; float[]; float[] | transpose_b=true
QuantizedMatMulWithBias | quint8[2,2]; qint8[3,4]; float[4]; float[]; float[]; float[]; float[] |
QuantizedMatMulWithBias | quint8[2,3]; qint8[3,4]; float[2,3]; float[]; float[]; float[]; float[] |
QuantizedMatMulWithBias | quint8[2,3]; qint8[3,4]; float[4]; float[]; float[]; float[]; float[2] |
QuantizedMatMulWithBiasAndRelu | quint8[2,?]; qint8[3,4]; float[4]; float[]; float[]; float[]; float[] |
QuantizedMatMulWithBiasAndRelu | quint8?; qint8[4,?]; float[4]; float[]; float[]; float[]; float[] | transpose_b=true
QuantizedMatMulWithBiasAndRelu | quint8[2,2]; qint8[3,4]; float[4]; float[]; float[]; float[]; float[] |
QuantizedMatMulWithBiasAndRelu | quint8[2,3]; qint8[3,4]; float[2,3]; float[]; float[]; float[]; float[] |
QuantizedMatMulWithBiasAndRelu | quint8[2,3]; qint8[3,4]; float[4]; float[]; float[]; float[]; float[2] |
QuantizedMatMulWithBiasAndReluAndRequantize | quint8[2,?]; qint8[3,4]; qint32[4]; float[]; float[]; float[]; float[]; float[]; float[] |
QuantizedMatMulWithBiasAndReluAndRequantize | quint8?; qint8[4,?]; qint32[4]; float[]; float[]; float[]; float[]; float[]; float[] | transpose_b=true
QuantizedMatMulWithBiasAndReluAndRequantize | quint8[2,2]; qint8[3,4]; qint32[4]; float[]; float[]; float[]; float[]; float[]; float[] |
QuantizedMatMulWithBiasAndReluAndRequantize | quint8[2,3]; qint8[3,4]; float[2,3]; float[]; float[]; float[]; float[]; float[]; float[] |
QuantizedMatMulWithBiasAndReluAndRequantize | quint8[2,3]; qint8[3,4]; qint32[4]; float[]; float[]; float[]; float[2]; float[]; float[] |
RequantizationRangePerChannel | qint32[2,?]; float[4]; float[4] | clip_value_max=1.0
RequantizationRangePerChannel | qint32[2,?]; float[4]; float? | clip_value_max=1.0
RequantizationRangePerChannel | qint32[2,?]; float[4]; float[] | clip_value_max=1.0
RequantizationRangePerChannel | qint32[2,?]; float[]; float[4] | clip_value_max=1.0
RequantizePerChannel | qint32[2,?]; float[4]; float[4]; float[]; float[] |
RequantizePerChannel | qint32[2,?]; float[]; float[4]; float[]; float[] |
RequantizePerChannel | qint32[2,?]; float[4]; float[]; float[]; float[] |
RequantizePerChannel | qint32[2,?]; float[4]; float[4]; float[1]; float[] |
RequantizePerChannel | qint32?; float[4]; float[4]; float[]; float[2] |
QuantizedMaxPool | quint8[2,5,?,3]; float[]; float[] | ksize=[1,2,3,1] strides=[1,2,1,1] padding=VALID
QuantizedMaxPool | quint8?; float[]; float[] | ksize=[1,2,3,1] strides=[1,2,1,1] padding=VALID
QuantizedMaxPool | quint8[2,5,6]; float[]; float[] | ksize=[1,2,3,1] strides=[1,2,1,1] padding=VALID
QuantizedMaxPool | quint8[2,5,6,3]; float[]; float[1] | ksize=[1,2,3,1] strides=[1,2,1,1] padding=VALID
QuantizedAvgPool | quint8[2,5,?,3]; float[]; float[] | ksize=[1,2,3,1] strides=[1,2,1,1] padding=VALID
QuantizedAvgPool | quint8?; float[]; float[] | ksize=[1,2,3,1] strides=[1,2,1,1] padding=VALID
QuantizedAvgPool | quint8[2,5,6]; float[]; float[] | ksize=[1,2,3,1] strides=[1,2,1,1] padding=VALID
QuantizedAvgPool | quint8[2,5,6,3]; float[]; float[1] | ksize=[1,2,3,1] strides=[1,2,1,1] padding=VALID
QuantizedConcat | int32[]=1; (quint8[2,3]; quint8[?,4]); (float[]; float[]); (float[]; float[]) |
QuantizedConcat | int32[]; (quint8[2,3]; quint8[?,4]); (float[]; float[]); (float[]; float[]) |
QuantizedConcat | int32[]=0; (quint8[2,3]; quint8[?,4]); (float[]; float[]); (float[]; float[]) |
QuantizedConcat | int32[]=1; (quint8[2,3]; quint8?); (float[]; float[1]); (float[]; float[]) |
QuantizedConcat | int32[]=1; (quint8[2,3]; quint8?); (float[]; float[]); (float[]; float[2]) |
QuantizedAdd | quint8[2,?]; quint8[3]; float[]; float[]; float[]; float[] |
QuantizedAdd | quint8[2,3]; quint8[4]; float[]; float[]; float[]; float[] |
QuantizedAdd | quint8?; quint8[4]; float[]; float[]; float[]; float[] |
QuantizedAdd | quint8[2,3]; quint8[3]; float[]; float[]; float[]; float[1] |
QuantizedMul | quint8[2,?]; quint8[3]; float[]; float[]; float[]; float[] |
QuantizedMul | quint8[2,3]; quint8[4]; float[]; float[]; float[]; float[] |
QuantizedMul | quint8?; quint8[4]; float[]; float[]; float[]; float[] |
QuantizedMul | quint8[2,3]; quint8[3]; float[]; float[]; float[]; float[1] |
QuantizedResizeBilinear | quint8[2,5,?,3]; int32[2]=7,8; float[]; float[] |
QuantizedResizeBilinear | qint32?; int32[2]; float[]; float[] |
QuantizedResizeBilinear | float[2,5,6]; int32[2]; float[]; float[] |
QuantizedResizeBilinear | quint8[2,5,6,3]; int32[2]; float[]; float[1] |
QuantizedInstanceNorm | quint8[2,5,?,3]; float[]; float[] |
QuantizedInstanceNorm | quint8?; float[]; float[] |
QuantizedInstanceNorm | quint8[2,5,3]; float[]; float[] |
QuantizedInstanceNorm | quint8[2,5,6,3]; float[]; float[1] |
QuantizedBatchNormWithGlobalNormalization | quint8[2,5,6,?]; float[]; float[]; quint8[?]; float[]; float[]; quint8[3]; float[]; float[]; quint8[?]; float[]; float[]; quint8[?]; float[]; float[] | out_type=qint32 variance_epsilon=0.001 scale_after_normalization=true
QuantizedBatchNormWithGlobalNormalization | quint8?; float[]; float[]; quint8?; float[]; float[]; quint8[3]; float[]; float[]; quint8[?]; float[]; float[]; quint8[?]; float[]; float[] | out_type=qint32 variance_epsilon=0.001 scale_after_normalization=true
QuantizedBatchNormWithGlobalNormalization | quint8[2,5,6,4]; float[]; float[]; quint8[4]; float[]; float[]; quint8[4]; float[]; float[]; quint8[3]; float[]; float[]; quint8[4]; float[]; float[] | out_type=qint32 variance_epsilon=0.001 scale_after_normalization=true
QuantizedBatchNormWithGlobalNormalization | quint8[2,5,6]; float[]; float[]; quint8[3]; float[]; float[]; quint8[3]; float[]; float[]; quint8[3]; float[]; float[]; quint8[3]; float[]; float[] | out_type=qint32 variance_epsilon=0.001 scale_after_normalization=true
QuantizedBatchNormWithGlobalNormalization | quint8[2,5,6,4]; float[]; float[]; quint8[4]; float[]; float[]; quint8[4]; float[]; float[]; quint8[4]; float[]; float[]; quint8[4,1]; float[]; float[] | out_type=qint32 variance_epsilon=0.001 scale_after_normalization=true
QuantizedBatchNormWithGlobalNormalization | quint8[2,5,6,4]; float[]; float[]; quint8[4]; float[]; float[]; quint8[4]; float[]; float[]; quint8[4]; float[]; float[]; quint8[4]; float[]; float[1] | out_type=qint32 variance_epsilon=0.001 scale_after_normalization=true
QuantizedBatchNormWithGlobalNormalization | quint8[2,5,6,4]; float[1]; float[]; quint8[4]; float[]; float[]; quint8[4]; float[]; float[]; quint8[4]; float[]; float[]; quint8[4]; float[]; float[] | out_type=qint32 variance_epsilon=0.001 scale_after_normalization=true
'''
