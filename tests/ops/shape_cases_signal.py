"""The cases of shapes.tsv of Fourier transforms, as in shape_cases.py."""

TABLE = '''
FFT | complex64[2,?] |
FFT | complex64[] |
FFT | complex64? |
IFFT2D | complex128[2,3] |
IFFT2D | complex128[3] |
FFT3D | complex64[2,3,?] |
FFT3D | complex64[2,3] |
RFFT | float[2,8]; int32[1]=8 |
RFFT | float[2,8]; int32[1]=5 |
RFFT | float[2,8]; int32[1]=0 |
RFFT | float[2,8]; int32[1] |
RFFT | float[2,8]; int32[2]=3,4 |
RFFT | float[2,8]; int32[]=3 |
RFFT | float?; int32[1]=8 |
RFFT | float[]; int32[1]=8 |
RFFT2D | float[2,8,?]; int32[2]=4,6 |
RFFT2D | float[2,8,8]; int32? |
RFFT3D | float[9,2,8,?]; int32[3]=4,6,7 |
IRFFT | complex64[2,8]; int32[1]=8 |
IRFFT2D | complex64[2,8,5]; int32[2]=4,6 |
IRFFT3D | complex64[2,8,5]; int32[3]=4,6,1 |
IRFFT3D | complex64[2,8]; int32[3]=4,6,1 |
TridiagonalSolve | float[3,5]; float[5,2] |
TridiagonalSolve | float[2,3,5]; float[2,5,2] |
TridiagonalSolve | float[?,3,5]; float[2,?,2] |
TridiagonalSolve | float?; float[5,2] |
TridiagonalSolve | float[2,5]; float[5,2] |
TridiagonalSolve | float[3,5]; float[4,2] |
TridiagonalSolve | float[2,3,5]; float[3,5,2] |
TridiagonalSolve | float[3,5]; float[5] |
TridiagonalMatMul | float[1,5]; float[1,5]; float[1,5]; float[5,2] |
TridiagonalMatMul | float[2,1,5]; float[2,1,5]; float[?,1,5]; float[2,?,2] |
TridiagonalMatMul | float[1,5]; float[1,4]; float[1,5]; float[5,2] |
TridiagonalMatMul | float[2,5]; float[1,5]; float[1,5]; float[5,2] |
MatrixSquareRoot | float[2,3,3] |
MatrixSquareRoot | float[2,3] |
MatrixLogarithm | complex64[?,3] |
CumulativeLogsumexp | float[2,?]; int32[]=1 |
'''


def lines():
    yield from TABLE.strip().split('\n')
