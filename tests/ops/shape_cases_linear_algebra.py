"""The cases of shapes.tsv of matrices, as in shape_cases.py."""

TABLE = '''
MatrixInverse | float[2,3,3] |
MatrixInverse | float[?,3] |
MatrixInverse | float[2,3] |
MatrixInverse | float[3] |
MatrixInverse | float? |
Cholesky | float[4,?,3] |
CholeskyGrad | float[3,3]; float[3,3] |
MatrixDeterminant | float[4,3,3] |
MatrixDeterminant | float[3,3] |
MatrixDeterminant | float[3,4] |
MatrixDeterminant | float? |
LogMatrixDeterminant | float[4,3,3] |
MatrixSolve | float[4,3,3]; float[4,3,2] |
MatrixSolve | float[3,3]; float[3,2] |
MatrixSolve | float[3,4]; float[3,2] |
MatrixSolve | float[3,3]; float[4,2] |
MatrixSolve | float[5,3,3]; float[4,3,2] |
MatrixSolve | float[?,?]; float[3,2] |
MatrixSolve | float?; float[3,2] |
MatrixSolve | float[3,3]; float[3] |
MatrixTriangularSolve | float[4,3,3]; float[4,3,2] |
MatrixTriangularSolve | float[3,3]; float[4,3,2] |
MatrixSolveLs | float[5,3]; float[5,2]; double[] |
MatrixSolveLs | float[4,5,3]; float[4,5,2]; double[] |
MatrixSolveLs | float[5,3]; float[4,2]; double[] |
MatrixSolveLs | float[5,3]; float[5,2]; double[1] |
MatrixSolveLs | float[?,?]; float[5,2]; double[] |
SelfAdjointEigV2 | float[4,3,3] |
SelfAdjointEigV2 | float[4,3,3] | compute_v=false
SelfAdjointEigV2 | float? |
SelfAdjointEigV2 | float[3,?] |
Qr | float[4,5,3] |
Qr | float[4,5,3] | full_matrices=true
Qr | float[?,3] |
Qr | float? |
Qr | float[3] |
Svd | float[4,5,3] |
Svd | float[4,5,3] | full_matrices=true
Svd | float[4,5,3] | compute_uv=false
Svd | float[?,3] |
Svd | float? |
Svd | float[0,?] |
Lu | float[4,3,3] |
Lu | float[3,4] |
Lu | float? |
'''
