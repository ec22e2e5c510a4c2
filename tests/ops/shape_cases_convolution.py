"""The cases of shapes.tsv of convolutions and pooling, as in shape_cases.py.

Left out is where TensorFlow 1.15 errs: Conv3D with dilations, of which it takes rows for columns."""

TABLE = '''
Conv2D | float[2,8,9,3]; float[3,3,3,5] | strides=[1,1,1,1] padding=SAME
Conv2D | float[2,8,9,3]; float[3,3,3,5] | strides=[1,2,3,1] padding=SAME
Conv2D | float[2,8,9,3]; float[3,4,3,5] | strides=[1,2,3,1] padding=VALID
Conv2D | float[?,?,9,3]; float[3,4,3,5] | strides=[1,2,3,1] padding=VALID
Conv2D | float[?,?,9,?]; float[3,?,?,?] | strides=[1,2,3,1] padding=VALID
Conv2D | float[?,?,9,?]; float[3,?,?,?] | strides=[1,2,3,1] padding=SAME
Conv2D | float[?,?,9,?]; float[3,?,?,?] | strides=[1,1,1,1] padding=SAME
Conv2D | float?; float? | strides=[1,1,1,1] padding=SAME
Conv2D | float?; float[3,3,3,5] | strides=[1,1,1,1] padding=VALID
Conv2D | float[2,8,9,3]; float? | strides=[1,1,1,1] padding=SAME
Conv2D | float[2,8,9]; float[3,3,3,5] | strides=[1,1,1,1] padding=SAME
Conv2D | float[2,8,9,3]; float[3,3,3] | strides=[1,1,1,1] padding=SAME
Conv2D | float[2,8,9,3]; float[3,3,2,5] | strides=[1,1,1,1] padding=SAME
Conv2D | float[2,8,9,4]; float[3,3,2,5] | strides=[1,1,1,1] padding=SAME
Conv2D | float[2,8,9,3]; float[9,3,3,5] | strides=[1,1,1,1] padding=VALID
Conv2D | float[2,8,9,3]; float[9,3,3,5] | strides=[1,1,1,1] padding=SAME
Conv2D | float[2,8,9,3]; float[9,3,3,5] | strides=[1,3,1,1] padding=VALID
Conv2D | float[2,8,9,3]; float[3,3,3,5] | strides=[1,1,1] padding=SAME
Conv2D | float[2,8,9,3]; float[3,3,3,5] | strides=[1,0,1,1] padding=SAME
Conv2D | float[2,8,9,3]; float[3,3,3,5] | strides=[1,1,1,1] padding=VALID dilations=[1,2,3,1]
Conv2D | float[2,8,9,3]; float[3,3,3,5] | strides=[1,1,1,1] padding=VALID dilations=[1,4,3,1]
Conv2D | float[2,8,9,3]; float[?,3,3,5] | strides=[1,1,1,1] padding=VALID dilations=[1,2,3,1]
Conv2D | float[2,8,9,3]; float[3,3,3,5] | strides=[1,1,1,1] padding=SAME dilations=[1,2,3,1]
Conv2D | float[2,8,9,3]; float[3,3,3,5] | strides=[1,1,1,1] padding=VALID dilations=[1,0,3,1]
Conv2D | float[2,8,9,3]; float[3,3,3,5] | strides=[1,1,1,1] padding=VALID dilations=[1,2,3]
Conv2D | float[2,8,9,3]; float[3,3,3,5] | strides=[1,2,1,1] padding=EXPLICIT explicit_paddings=[0,0,1,2,3,0,0,0]
Conv2D | float[2,?,9,3]; float[3,3,3,5] | strides=[1,2,1,1] padding=EXPLICIT explicit_paddings=[0,0,1,2,3,0,0,0]
Conv2D | float[2,8,9,3]; float[3,3,3,5] | strides=[1,2,1,1] padding=EXPLICIT explicit_paddings=[0,0,1,2,3,0]
Conv2D | float[2,8,9,3]; float[3,3,3,5] | strides=[1,2,1,1] padding=EXPLICIT explicit_paddings=[1,0,1,2,3,0,0,0]
Conv2D | float[2,8,9,3]; float[3,3,3,5] | strides=[1,2,1,1] padding=EXPLICIT explicit_paddings=[0,0,-1,2,3,0,0,0]
Conv2D | float[2,8,9,3]; float[3,3,3,5] | strides=[1,2,1,1] padding=SAME explicit_paddings=[0,0,1,2,3,0,0,0]
Conv2D | float[2,3,8,9]; float[3,3,3,5] | strides=[1,1,2,3] padding=SAME data_format=NCHW
Conv2D | float[2,3,8,9]; float[3,3,3,5] | strides=[1,1,2,3] padding=EXPLICIT data_format=NCHW explicit_paddings=[0,0,0,0,1,2,3,0]
Conv2DBackpropInput | int32[4]=2,8,9,3; float[3,3,3,5]; float[2,8,9,5] | strides=[1,1,1,1] padding=SAME
Conv2DBackpropInput | int32[4]; float[3,3,3,5]; float[2,8,9,5] | strides=[1,1,1,1] padding=SAME
Conv2DBackpropInput | int32?; float[3,3,3,5]; float[2,8,9,5] | strides=[1,1,1,1] padding=SAME
Conv2DBackpropInput | int32<2,?,?,3>; float[3,3,3,5]; float? | strides=[1,1,1,1] padding=SAME
Conv2DBackpropInput | int32[3]=2,8,9; float[3,3,3,5]; float[2,8,9,5] | strides=[1,1,1,1] padding=SAME
Conv2DBackpropInput | int32[2]; float[3,3,3,5]; float[2,8,9,5] | strides=[1,1,1,1] padding=SAME
Conv2DBackpropFilter | float[2,8,9,3]; int32[4]=3,3,3,5; float[2,8,9,5] | strides=[1,1,1,1] padding=SAME
Conv2DBackpropFilter | float[2,8,9,3]; int32?; float[2,8,9,5] | strides=[1,1,1,1] padding=SAME
Conv2DBackpropFilter | float[2,8,9,3]; int32[3]=3,3,3; float[2,8,9,5] | strides=[1,1,1,1] padding=SAME
Conv3D | float[2,4,8,9,3]; float[2,3,3,3,5] | strides=[1,1,2,3,1] padding=SAME
Conv3D | float[2,4,8,?,3]; float[2,3,3,3,5] | strides=[1,1,2,3,1] padding=VALID
Conv3D | float?; float? | strides=[1,1,2,3,1] padding=VALID
Conv3D | float[2,4,8,9,3]; float[2,3,3,2,5] | strides=[1,1,2,3,1] padding=SAME
Conv3D | float[2,4,8,9]; float[2,3,3,2,5] | strides=[1,1,2,3,1] padding=SAME
Conv3D | float[2,4,8,9,3]; float[5,3,3,3,5] | strides=[1,1,2,3,1] padding=VALID
Conv3D | float[2,3,4,8,9]; float[2,3,3,3,5] | strides=[1,1,1,2,3] padding=VALID data_format=NCDHW
Conv3DBackpropInputV2 | int32[5]=2,4,8,9,3; float?; float? | strides=[1,1,2,3,1] padding=SAME
Conv3DBackpropInputV2 | int64<2,4,?,9,3>; float?; float? | strides=[1,1,2,3,1] padding=SAME
Conv3DBackpropInputV2 | int32[4]=2,4,8,9; float?; float? | strides=[1,1,2,3,1] padding=SAME
Conv3DBackpropFilterV2 | float?; int32[5]=2,3,3,3,5; float? | strides=[1,1,2,3,1] padding=SAME
Conv3DBackpropFilterV2 | float?; int32[?]; float? | strides=[1,1,2,3,1] padding=SAME
DepthwiseConv2dNative | float[2,8,9,3]; float[3,3,3,5] | strides=[1,1,1,1] padding=SAME
DepthwiseConv2dNative | float[2,8,?,3]; float[3,3,3,?] | strides=[1,2,2,1] padding=VALID
DepthwiseConv2dNative | float[2,8,?,?]; float[3,3,3,2] | strides=[1,2,2,1] padding=VALID
DepthwiseConv2dNative | float[2,8,?,3]; float[3,3,2,2] | strides=[1,2,2,1] padding=VALID
DepthwiseConv2dNative | float[2,8,9,3]; float[3,3,3,5] | strides=[1,1,1,1] padding=VALID dilations=[1,2,2,1]
DepthwiseConv2dNative | float[2,3,8,9]; float[3,3,3,5] | strides=[1,1,1,1] padding=VALID data_format=NCHW
DepthwiseConv2dNative | float[2,8,9,3]; float[3,3,3,5] | strides=[1,1] padding=SAME
DepthwiseConv2dNative | float?; float? | strides=[1,1,1,1] padding=SAME
DepthwiseConv2dNativeBackpropInput | int32[4]=2,8,9,3; float?; float? | strides=[1,1,1,1] padding=SAME
DepthwiseConv2dNativeBackpropFilter | float?; int32[4]=3,3,3,5; float? | strides=[1,1,1,1] padding=SAME
MaxPool | float[2,8,9,3] | ksize=[1,2,3,1] strides=[1,2,2,1] padding=VALID
MaxPool | float[2,8,9,3] | ksize=[1,2,3,1] strides=[1,2,2,1] padding=SAME
MaxPool | float[?,?,9,?] | ksize=[1,2,3,1] strides=[1,2,2,1] padding=VALID
MaxPool | float[2,8,9,6] | ksize=[1,1,1,3] strides=[1,1,1,3] padding=VALID
MaxPool | float[2,8,9,?] | ksize=[1,1,1,3] strides=[1,1,1,3] padding=VALID
MaxPool | float[2,3,8,9] | ksize=[1,1,2,3] strides=[1,1,2,2] padding=VALID data_format=NCHW
MaxPool | float? | ksize=[1,2,3,1] strides=[1,2,2,1] padding=VALID
MaxPool | float[2,8,9] | ksize=[1,2,3,1] strides=[1,2,2,1] padding=VALID
MaxPool | float[2,8,9,3] | ksize=[1,9,3,1] strides=[1,1,2,1] padding=VALID
MaxPool | float[2,8,9,3] | ksize=[1,2,3,1,1] strides=[1,1,2,1] padding=VALID
MaxPool | float[2,8,9,3] | ksize=[1,2,3,1] strides=[1,1,2,1,1] padding=VALID
MaxPool | float[2,8,9,3] | ksize=[1,2,3,1] strides=[1,0,2,1] padding=VALID
MaxPoolV2 | float[2,8,9,3]; int32[4]=1,2,3,1; int32[4]=1,2,2,1 | padding=VALID
MaxPoolV2 | float[2,8,9,3]; int32[4]; int32[4]=1,2,2,1 | padding=VALID
MaxPoolV2 | float[2,8,9]; int32[4]; int32[4]=1,2,2,1 | padding=VALID
MaxPoolV2 | float[2,8,9,3]; int32[3]=1,2,3; int32[4]=1,2,2,1 | padding=VALID
MaxPoolV2 | float?; int32?; int32? | padding=VALID
MaxPoolGrad | float[2,8,9,3]; float?; float? | ksize=[1,2,3,1] strides=[1,2,2,1] padding=VALID
MaxPoolGrad | float[2,8,9]; float?; float? | ksize=[1,2,3,1] strides=[1,2,2,1] padding=VALID
MaxPoolGradV2 | float[2,8,?,3]; float?; float?; int32?; int32? | padding=VALID
MaxPoolGradGrad | float[2,8,9,3]; float?; float? | ksize=[1,2,3,1] strides=[1,2,2,1] padding=VALID
MaxPoolGradGrad | float[2,8,9,3]; float[2,4,4,3]; float[2,8,9,3] | ksize=[1,2,3,1] strides=[1,2,2,1] padding=VALID
MaxPoolGradGrad | float[2,8,9,3]; float[2,4,5,3]; float[2,8,9,3] | ksize=[1,2,3,1] strides=[1,2,2,1] padding=VALID
MaxPoolGradGrad | float[2,8,9,3]; float[2,4,4,3]; float[2,8,8,3] | ksize=[1,2,3,1] strides=[1,2,2,1] padding=VALID
MaxPoolGradGradV2 | float[2,8,9,3]; float[2,4,4,3]; float[2,8,9,3]; int32[4]=1,2,3,1; int32[4]=1,2,2,1 | padding=VALID
MaxPoolGradGradV2 | float[2,8,9,3]; float?; float?; int32[4]; int32[4]=1,2,2,1 | padding=VALID
MaxPoolWithArgmax | float[2,8,9,3] | ksize=[1,2,3,1] strides=[1,2,2,1] padding=VALID
MaxPoolWithArgmax | float? | ksize=[1,2,3,1] strides=[1,2,2,1] padding=SAME
MaxPoolGradWithArgmax | float[2,8,9,3]; float?; int64? | ksize=[1,2,3,1] strides=[1,2,2,1] padding=VALID
MaxPoolGradGradWithArgmax | float[2,8,9,3]; float[2,8,9,3]; int64? | ksize=[1,2,3,1] strides=[1,2,2,1] padding=VALID
MaxPoolGradGradWithArgmax | float[2,8,9,3]; float[2,8,9,3]; int64[2,4,4,3] | ksize=[1,2,3,1] strides=[1,2,2,1] padding=VALID
MaxPoolGradGradWithArgmax | float[2,8,9,3]; float[2,8,9,3]; int64[2,4,5,3] | ksize=[1,2,3,1] strides=[1,2,2,1] padding=VALID
AvgPool | float[2,8,9,3] | ksize=[1,2,3,1] strides=[1,2,2,1] padding=VALID
AvgPool | float[?,8,?,3] | ksize=[1,2,3,1] strides=[1,2,2,1] padding=SAME
AvgPool | float[2,8,9,6] | ksize=[1,1,1,3] strides=[1,1,1,3] padding=VALID
AvgPool | float[2,3,8,9] | ksize=[1,1,2,3] strides=[1,1,2,2] padding=VALID data_format=NCHW
AvgPool | float? | ksize=[1,2,3,1] strides=[1,2,2,1] padding=VALID
AvgPool | float[2,8,9,3] | ksize=[1,2,3,1,1] strides=[1,1,2,1] padding=VALID
AvgPoolGrad | int32[4]=2,8,9,3; float? | ksize=[1,2,3,1] strides=[1,2,2,1] padding=VALID
AvgPoolGrad | int32[4]; float? | ksize=[1,2,3,1] strides=[1,2,2,1] padding=VALID
AvgPoolGrad | int32[3]=2,8,9; float? | ksize=[1,2,3,1] strides=[1,2,2,1] padding=VALID
MaxPool3D | float[2,4,8,9,3] | ksize=[1,2,2,3,1] strides=[1,1,2,2,1] padding=VALID
MaxPool3D | float[2,?,8,9,3] | ksize=[1,2,2,3,1] strides=[1,1,2,2,1] padding=SAME
MaxPool3D | float[2,8,9,3] | ksize=[1,2,2,3,1] strides=[1,1,2,2,1] padding=SAME
MaxPool3D | float[2,3,4,8,9] | ksize=[1,1,2,2,3] strides=[1,1,1,2,2] padding=VALID data_format=NCDHW
AvgPool3D | float[2,4,8,9,3] | ksize=[1,2,2,3,1] strides=[1,1,2,2,1] padding=VALID
AvgPool3D | float? | ksize=[1,2,2,3,1] strides=[1,1,2,2,1] padding=VALID
AvgPool3DGrad | int32[5]=2,4,8,9,3; float? | ksize=[1,2,2,3,1] strides=[1,1,2,2,1] padding=VALID
MaxPool3DGrad | float[2,4,8,9,3]; float?; float? | ksize=[1,2,2,3,1] strides=[1,1,2,2,1] padding=VALID
MaxPool3DGrad | float[2,4,8,9]; float?; float? | ksize=[1,2,2,3,1] strides=[1,1,2,2,1] padding=VALID
MaxPool3DGradGrad | float[2,4,8,9,3]; float?; float? | ksize=[1,2,2,3,1] strides=[1,1,2,2,1] padding=VALID
MaxPool3DGradGrad | float[2,4,8,9,3]; float?; float[2,4,8,8,3] | ksize=[1,2,2,3,1] strides=[1,1,2,2,1] padding=VALID
LRN | float[2,8,9,3] |
LRN | float[2,8,9] |
LRN | float? |
LRNGrad | float[2,8,9,3]; float[2,8,?,3]; float? |
LRNGrad | float[2,8,?,?]; float[2,?,?,3]; float? |
LRNGrad | float[2,8,9,3]; float[2,8,8,3]; float? |
LRNGrad | float?; float?; float? |
SpaceToBatchND | float[2,4,6,3]; int32[2]=2,3; int32[2,2]=0,0,0,0 |
SpaceToBatchND | float[2,4,6,3]; int32[2]=2,3; int32[2,2]=1,1,2,1 |
SpaceToBatchND | float[?,?,6,3]; int32[2]=2,3; int32[2,2]=1,1,2,1 |
SpaceToBatchND | float[2,4,6,3]; int32[2]; int32[2,2]=1,1,2,1 |
SpaceToBatchND | float[2,4,6,3]; int32[2]=2,3; int32[2,2] |
SpaceToBatchND | float[2,4,6,3]; int32?; int32? |
SpaceToBatchND | float?; int32[2]=2,3; int32[2,2]=1,1,2,1 |
SpaceToBatchND | float[2,4,6,3]; int32[2]=2,4; int32[2,2]=0,0,0,0 |
SpaceToBatchND | float[2,4]; int32[2]=2,4; int32[2,2]=0,0,0,0 |
SpaceToBatchND | float[2,4,6,3]; int32[2]=2,0; int32[2,2]=0,0,0,0 |
SpaceToBatchND | float[2,4,6,3]; int32[2]=2,3; int32[2,2]=0,0,-1,1 |
SpaceToBatchND | float[2,4,6,3]; int32[2]=2,3; int32[1,2]=0,0 |
BatchToSpaceND | float[12,4,6,3]; int32[2]=2,3; int32[2,2]=0,0,0,0 |
BatchToSpaceND | float[12,?,6,3]; int32[2]=2,3; int32[2,2]=1,1,2,1 |
BatchToSpaceND | float[12,4,6,3]; int32[2]; int32[2,2]=1,1,2,1 |
BatchToSpaceND | float[12,4,6,3]; int32[2]=2,3; int32[2,2] |
BatchToSpaceND | float[5,4,6,3]; int32[2]=2,3; int32[2,2]=0,0,0,0 |
BatchToSpaceND | float[12,4,6,3]; int32[2]=2,3; int32[2,2]=9,9,0,0 |
SpaceToBatch | float[2,4,6,3]; int32[2,2]=0,0,0,0 | block_size=2
SpaceToBatch | float?; int32[2,2]=0,0,0,0 | block_size=2
SpaceToBatch | float[2,4,6,3]; int32[2,2] | block_size=2
SpaceToBatch | float[2,4,6]; int32[2,2]=0,0,0,0 | block_size=2
BatchToSpace | float[8,4,6,3]; int32[2,2]=0,0,1,0 | block_size=2
BatchToSpace | float[7,4,6,3]; int32[2,2]=0,0,1,0 | block_size=2
SpaceToDepth | float[2,4,6,3] | block_size=2
SpaceToDepth | float[2,?,6,?] | block_size=2
SpaceToDepth | float[2,5,6,3] | block_size=2
SpaceToDepth | float? | block_size=2
SpaceToDepth | float[2,3,4,6] | block_size=2 data_format=NCHW
DepthToSpace | float[2,4,6,12] | block_size=2
DepthToSpace | float[2,4,6,10] | block_size=2
DepthToSpace | float[2,12,4,6] | block_size=2 data_format=NCHW
DepthToSpace | float[?,?,?,?] | block_size=2
Dilation2D | float[2,8,9,3]; float[3,2,3] | strides=[1,1,2,1] rates=[1,2,1,1] padding=VALID
Dilation2D | float[2,8,9,3]; float[3,2,3] | strides=[1,1,2,1] rates=[1,2,1,1] padding=SAME
Dilation2D | float[?,?,9,?]; float[3,?,3] | strides=[1,1,2,1] rates=[1,1,1,1] padding=VALID
Dilation2D | float?; float? | strides=[1,1,2,1] rates=[1,1,1,1] padding=VALID
Dilation2D | float[2,8,9,3]; float[3,2,2] | strides=[1,1,2,1] rates=[1,1,1,1] padding=VALID
Dilation2D | float[2,8,9,3]; float[9,2,3] | strides=[1,1,2,1] rates=[1,1,1,1] padding=VALID
Dilation2DBackpropInput | float[2,8,9,3]; float?; float? | strides=[1,1,2,1] rates=[1,1,1,1] padding=VALID
Dilation2DBackpropFilter | float[2,8,9,3]; float[3,2,3]; float? | strides=[1,1,2,1] rates=[1,1,1,1] padding=VALID
'''


def lines():
    return TABLE.strip().split('\n')
