"""The cases of shapes.tsv of the image ops, as in shape_cases.py."""

UNCHANGED = '''
AdjustContrastv2 | {}; float[] |
AdjustContrastv2 | {}; float[2] |
AdjustHue | {}; float[] |
AdjustHue | {}; float[2] |
AdjustSaturation | {}; float[] |
AdjustSaturation | {}; float[2] |
RGBToHSV | {} |
HSVToRGB | {} |
'''

TABLE = '''
ResizeBilinear | float[2,8,9,3]; int32[2]=4,5 |
ResizeBilinear | uint8[2,8,9,3]; int32[2] |
ResizeBilinear | uint8[2,8,9,3]; int32? |
ResizeBilinear | float[?,?,?,?]; int32[2]=4,5 |
ResizeBilinear | float?; int32[2]=4,5 |
ResizeBilinear | float[2,8,9]; int32[2]=4,5 |
ResizeBilinear | float[2,8,9,3]; int32[1]=4 |
ResizeBilinear | float[2,8,9,3]; int32[3]=4,5,6 |
ResizeBilinear | float[2,8,9,3]; int32[]=4 |
ResizeBilinear | float[2,8,9,3]; int32[2,1]=4,5 |
ResizeBilinear | float[2,8,9,3]; int32<4,?> |
ResizeBilinear | float[2,8,9,3]; int32[2]=-1,5 |
ResizeBilinear | float[0,8,9,3]; int32[2]=0,5 |
ResizeBicubic | float[2,8,9,3]; int32[2]=4,5 |
ResizeArea | float[2,8,9,?]; int32[2]=4,5 |
ResizeNearestNeighbor | float[2,8,9,3]; int32[2]=4,5 |
ResizeNearestNeighborGrad | float[2,8,9,3]; int32[2]=4,5 |
ResizeNearestNeighborGrad | float[2,8,9,3]; int32[3]=4,5,6 |
ResizeBilinearGrad | float[2,8,9,3]; half[2,4,?,3] |
ResizeBilinearGrad | float[2]; float? |
ResizeBilinearGrad | float[2]; float[3] |
ResizeBicubicGrad | float[2,8,9,3]; double[2,4,?,3] |
CropAndResize | uint8[2,8,9,3]; float[5,4]; int32[5]; int32[2]=3,4 |
CropAndResize | uint8[2,8,9,3]; float[?,4]; int32[?]; int32[2] |
CropAndResize | uint8[2,8,9,?]; float[?,?]; int32[5]; int32[2]=3,4 |
CropAndResize | uint8?; float?; int32?; int32? |
CropAndResize | uint8[2,8,9,3]; float[5,4]; int32[6]; int32[2]=3,4 |
CropAndResize | uint8[2,8,9,3]; float[5,3]; int32[5]; int32[2]=3,4 |
CropAndResize | uint8[2,8,9]; float[5,4]; int32[5]; int32[2]=3,4 |
CropAndResize | uint8[2,8,9,3]; float[5,4]; int32[5,1]; int32[2]=3,4 |
CropAndResize | uint8[2,8,9,3]; float[5,4]; int32[5]; int32[3]=3,4,5 |
CropAndResizeGradImage | float[5,3,4,3]; float[5,4]; int32[5]; int32[4]=2,8,9,3 | T=float
CropAndResizeGradImage | float[5,3,4,3]; float[5,4]; int32[5]; int32[4] | T=half
CropAndResizeGradImage | float[5,3,4,3]; float[5,4]; int32[5]; int32? | T=float
CropAndResizeGradImage | float[5,3,4,3]; float[5,4]; int32[5]; int32[3]=2,8,9 | T=float
CropAndResizeGradImage | float[3]; float[5,4]; int32[5]; int32[4]=2,8,9,3 | T=float
CropAndResizeGradBoxes | float[5,3,4,3]; float[2,8,9,3]; float[5,4]; int32[5] |
CropAndResizeGradBoxes | float[3]; uint8?; float[5,?]; int32[5] |
ImageProjectiveTransform | uint8[2,8,9,3]; float[1,8] | interpolation=NEAREST
ImageProjectiveTransform | uint8[?,3]; float? | interpolation=NEAREST
ImageProjectiveTransformV2 | uint8[2,8,9,3]; float[1,8]; int32[2]=4,5 | interpolation=NEAREST
ImageProjectiveTransformV2 | uint8[2,8,9,3]; float[1,8]; int32[2] | interpolation=NEAREST
ImageProjectiveTransformV2 | uint8?; float?; int32? | interpolation=NEAREST
ImageProjectiveTransformV2 | uint8[2,8,9]; float?; int32[2]=4,5 | interpolation=NEAREST
ImageProjectiveTransformV2 | uint8[2,8,9,3]; float[8]; int32[2]=4,5 | interpolation=NEAREST
ImageProjectiveTransformV2 | uint8[2,8,9,3]; float[1,8]; int32[3]=4,5,6 | interpolation=NEAREST
ExtractGlimpse | float[2,8,9,3]; int32[2]=4,5; float[2,2] |
ExtractGlimpse | float[?,8,9,3]; int32[2]; float[2,?] |
ExtractGlimpse | float?; int32?; float? |
ExtractGlimpse | float?; int32?; float? | noise=gaussian
ExtractGlimpse | float?; int32?; float? | noise=zero uniform_noise=false
ExtractGlimpse | float[2,8,9,3]; int32[2]=4,5; float[3,2] |
ExtractGlimpse | float[2,8,9,3]; int32[2]=4,5; float[2,3] |
ExtractGlimpse | float[2,8,9]; int32[2]=4,5; float[2,2] |
ExtractGlimpse | float[2,8,9,3]; int32[3]=4,5,6; float[2,2] |
ExtractGlimpse | float[2,8,9,3]; int32[2]=4,5; float[2] |
DrawBoundingBoxes | float[2,8,9,3]; float[2,5,4] |
DrawBoundingBoxes | half[2,?,9]; float[7] |
DrawBoundingBoxes | float?; float? |
DrawBoundingBoxes | float[2,8]; float[2,5,4] |
DrawBoundingBoxes | float[2,8,9,3]; float[2,5,5] |
DrawBoundingBoxes | float[2,8,9,2]; float[2,5,4] |
DrawBoundingBoxes | float?; float[2,4] |
DrawBoundingBoxesV2 | float[2,8,9,3]; float[2,5,4]; float[1,4] |
DrawBoundingBoxesV2 | half[2,?,9]; float[7]; float[] |
DrawBoundingBoxesV2 | float[2,8]; float[2,5,4]; float[1,4] |
SampleDistortedBoundingBox | int32[3]; float[1,2,4] |
SampleDistortedBoundingBox | int64?; float? |
SampleDistortedBoundingBox | int32[2]; float[1,2,4] |
SampleDistortedBoundingBox | int32[3]; float[2,4] |
SampleDistortedBoundingBox | int32[3]; float[1,2,3] |
SampleDistortedBoundingBox | int32[3]; float[2,2,4] |
SampleDistortedBoundingBoxV2 | int32[3]; float[1,2,4]; float[] |
SampleDistortedBoundingBoxV2 | int64?; float?; float? |
SampleDistortedBoundingBoxV2 | int32[3]; float[1,2,4]; float[1] |
SampleDistortedBoundingBoxV2 | int32[2]; float[1,2,4]; float[] |
SampleDistortedBoundingBoxV2 | int32[3]; float[2,4]; float[] |
SampleDistortedBoundingBoxV2 | int32[3]; float[1,2,3]; float[] |
NonMaxSuppression | float[5,4]; float[5]; int32[]=3 |
NonMaxSuppression | float?; float?; int32? |
NonMaxSuppression | float[5,4]; float[6]; int32[]=3 |
NonMaxSuppression | float[5,3]; float[5]; int32[]=3 |
NonMaxSuppression | float[5]; float[5]; int32[]=3 |
NonMaxSuppression | float[5,4]; float[5,1]; int32[]=3 |
NonMaxSuppression | float[5,4]; float[5]; int32[1]=3 |
NonMaxSuppressionV2 | float[5,4]; float[5]; int32[]=3; float[] |
NonMaxSuppressionV2 | float?; float?; int32?; float? |
NonMaxSuppressionV2 | float[5,4]; float[5]; int32[]=3; float[1] |
NonMaxSuppressionV2 | float[5,4]; float[6]; int32[]=3; float[] |
NonMaxSuppressionV2 | float[5,3]; float[5]; int32[]=3; float[] |
NonMaxSuppressionV3 | float[5,4]; float[5]; int32[]=3; float[]; float[] |
NonMaxSuppressionV3 | float?; float?; int32?; float?; float? |
NonMaxSuppressionV3 | float[5,4]; float[5]; int32[]=3; float[1]; float[] |
NonMaxSuppressionV3 | float[5,4]; float[5]; int32[]=3; float[]; float[1] |
NonMaxSuppressionV3 | float[5,4]; float[5]; int32[1]=3; float[]; float[] |
NonMaxSuppressionV3 | float[5,3]; float[5]; int32[]=3; float[]; float[] |
NonMaxSuppressionV4 | float[5,4]; float[5]; int32[]=3; float[]; float[] |
NonMaxSuppressionV4 | float[5,4]; float[5]; int32[]=3; float[]; float[] | pad_to_max_output_size=true
NonMaxSuppressionV4 | float[5,4]; float[5]; int32[]; float[]; float[] | pad_to_max_output_size=true
NonMaxSuppressionV4 | float[5,4]; float[6]; int32[]=3; float[]; float[] |
NonMaxSuppressionV5 | float[5,4]; float[5]; int32[]=3; float[]; float[]; float[] |
NonMaxSuppressionV5 | float[5,4]; float[5]; int32[]=3; float[]; float[]; float[] | pad_to_max_output_size=true
NonMaxSuppressionV5 | float[5,4]; float[5]; int32[]; float[]; float[]; float[] | pad_to_max_output_size=true
NonMaxSuppressionV5 | float[5,4]; float[5]; int32[]=3; float[]; float[]; float[2] |
NonMaxSuppressionWithOverlaps | float[5,5]; float[5]; int32[]=3; float[]; float[] |
NonMaxSuppressionWithOverlaps | float[5,4]; float[5]; int32[]=3; float[]; float[] |
NonMaxSuppressionWithOverlaps | float[5,5]; float[6]; int32[]=3; float[]; float[] |
NonMaxSuppressionWithOverlaps | float[5,?]; float?; int32?; float?; float? |
NonMaxSuppressionWithOverlaps | float[5,5]; float[5]; int32[]=3; float[1]; float[] |
CombinedNonMaxSuppression | float[2,5,3,4]; float[2,5,3]; int32[]=3; int32[]=4; float[]; float[] |
CombinedNonMaxSuppression | float[2,5,1,4]; float[2,5,3]; int32[]=3; int32[]=20; float[]; float[] | pad_per_class=true
CombinedNonMaxSuppression | float[2,5,3,4]; float[2,5,3]; int32[]=3; int32[]=20; float[]; float[] | pad_per_class=true
CombinedNonMaxSuppression | float[2,5,3,4]; float[2,5,3]; int32[]=3; int32[]; float[]; float[] |
CombinedNonMaxSuppression | float[?,5,3,4]; float[2,5,3]; int32[]=3; int32[]=0; float[]; float[] |
CombinedNonMaxSuppression | float[2,5,3,4]; float[2,5,3]; int32[]=0; int32[]=4; float[]; float[] | pad_per_class=true
CombinedNonMaxSuppression | float[2,5,2,4]; float[2,5,3]; int32[]=3; int32[]=4; float[]; float[] |
CombinedNonMaxSuppression | float[2,5,3,4]; float[2,6,3]; int32[]=3; int32[]=4; float[]; float[] |
CombinedNonMaxSuppression | float[2,5,3,4]; float[3,5,3]; int32[]=3; int32[]=4; float[]; float[] |
CombinedNonMaxSuppression | float[2,5,3,5]; float[2,5,3]; int32[]=3; int32[]=4; float[]; float[] |
CombinedNonMaxSuppression | float[2,5,4]; float[2,5,3]; int32[]=3; int32[]=4; float[]; float[] |
CombinedNonMaxSuppression | float?; float?; int32?; int32?; float?; float? |
CombinedNonMaxSuppression | float[2,5,3,4]; float[2,5,3]; int32[]=3; int32[]=4; float[1]; float[] |
DecodePng | string[] | dtype=uint16
DecodePng | string[] | channels=3
DecodePng | string? | channels=4
DecodePng | string[] | channels=-1
DecodePng | string[1] |
DecodeJpeg | string[] |
DecodeJpeg | string[] | channels=1
DecodeJpeg | string[1] |
DecodeBmp | string[] | channels=1
DecodeBmp | string[1] |
DecodeGif | string[] |
DecodeGif | string[1] |
DecodeAndCropJpeg | string[]; int32[4]=1,2,3,4 |
DecodeAndCropJpeg | string[]; int32[4] | channels=3
DecodeAndCropJpeg | string[]; int32? | channels=3
DecodeAndCropJpeg | string[]; int32[3]=1,2,3 |
DecodeAndCropJpeg | string[]; int32[1,4] |
DecodeAndCropJpeg | string[1]; int32[4] |
ExtractJpegShape | string[] |
ExtractJpegShape | string? | output_type=int64
ExtractJpegShape | string[1] |
EncodePng | uint8[4,5,3] |
EncodePng | uint16? |
EncodePng | uint8[1,4,5,3] |
EncodeJpeg | uint8[4,5,?] |
EncodeJpeg | uint8[4,5] |
EncodeJpegVariableQuality | uint8[4,5,3]; int32[] |
EncodeJpegVariableQuality | uint8[4,5]; int32[] |
EncodeJpegVariableQuality | uint8[4,5,3]; int32[1] |
'''


def lines():
    images = ('float[2,8,9,3]', 'float[?,8,?]', 'float[2,?,?]', 'float?', 'float[3]', 'float[4,3]', 'float[]', 'float[2,2,4]')
    for line in UNCHANGED.strip().split('\n'):
        for image in images:
            yield line.format(image)
    yield from TABLE.strip().split('\n')
