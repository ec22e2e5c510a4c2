"""The cases of shapes.tsv of variables and of what trains them, as in shape_cases.py."""

TABLE = '''
ReadVariableOp | float@[2,?] | dtype=float
ReadVariableOp | float@? | dtype=float
ReadVariableOp | float@[2] | dtype=int32
ReadVariableOp | resource[] | dtype=float
ReadVariableOp | resource[2] | dtype=float
AssignVariableOp | float@[2,?]; float[2,3] |
AssignVariableOp | float@[2,?]; float[3,3] |
AssignVariableOp | float@[2]; int32[2] |
AssignVariableOp | resource[]; int32[2] |
AssignAddVariableOp | float@[2]; float? |
AssignAddVariableOp | float@[2]; float[] |
AssignSubVariableOp | float@[2]; float[3] |
AssignSubVariableOp | float@[2]; int32[2] |
VarIsInitializedOp | float@[2] |
VarIsInitializedOp | resource? |
VariableShape | float@[2,?] |
VariableShape | float@? |
VariableShape | resource[] | out_type=int64
ResourceCountUpTo | int32@[] | limit=3 T=int32
ResourceCountUpTo | int32@[2] | limit=3 T=int32
ResourceCountUpTo | int32@? | limit=3 T=int32
ResourceGather | float@[3,2]; int32[4,?] | dtype=float
ResourceGather | float@[]; int32[4] | dtype=float
ResourceGather | float@?; int32[4] | dtype=float
ResourceGather | float@[3,2]; int32? | dtype=float
ResourceGather | float@[3,2]; int32[4] | dtype=int32
ResourceGather | float@[3,2,5]; int32[3,4] | dtype=float batch_dims=1
ResourceGather | float@[3,2,5]; int32[7,4] | dtype=float batch_dims=1
ResourceGather | float@[3]; int32[3] | dtype=float batch_dims=1
ResourceGather | float@[3,2]; int32[] | dtype=float batch_dims=1
ResourceGather | float@[3,2]; int32[3,2] | dtype=float batch_dims=-1
ResourceGather | resource[]; int32[3] | dtype=float
ResourceGatherNd | float@[3,2]; int32[4,1] | dtype=float
ResourceGatherNd | float@[3,2]; int32[4,3] | dtype=float
ResourceGatherNd | float@[3,2]; int32[] | dtype=float
ResourceGatherNd | float@[3,2]; int32[4,1] | dtype=int32
ResourceScatterAdd | float@[3,2]; int32[4]; float[4,2] |
ResourceScatterAdd | float@[3,2]; int32[4]; float[] |
ResourceScatterAdd | float@[3,2]; int32[4]; float[4,3] |
ResourceScatterAdd | float@[3,2]; int32[4]; int32[4,2] |
ResourceScatterUpdate | float@[]; int32[4]; float[4] |
ResourceScatterMin | resource[]; int32[4]; float[4,2] |
ResourceScatterNdUpdate | float@[3,2]; int32[4,1]; float[4,2] |
ResourceScatterNdUpdate | float@[3,2]; int32[4,1]; float[4,3] |
ResourceScatterNdAdd | float@[]; int32[4,1]; float[4,2] |
ResourceScatterNdSub | float@[3]; int32[]; float[4,2] |
ResourceStridedSliceAssign | float@[3]; int32[1]; int32[1]; int32[1]; float[7] |
ResourceApplyGradientDescent | float@[3]; float[]; float[3] |
ResourceApplyGradientDescent | float@[3]; float[]; float[4] |
ResourceApplyGradientDescent | float@[3]; float[1]; float[3] |
ResourceApplyMomentum | float@[3]; float@[4]; float[]; float[3]; float[] |
ResourceApplyAdam | float@[3]; float@[3]; float@[3]; float[]; float[]; float[]; float[]; float[]; float[]; float[3] |
ResourceApplyAdamWithAmsgrad | float@[3]; float@[3]; float@[3]; float@[3]; float[]; float[]; float[]; float[]; float[]; float[]; float[3] |
ResourceApplyAdamWithAmsgrad | float@[3]; float@[3]; float@[3]; float@[2]; float[]; float[]; float[]; float[]; float[]; float[]; float[3] |
ResourceApplyKerasMomentum | float@[3]; float@[3]; float[]; float[2]; float[] |
ResourceSparseApplyKerasMomentum | float@[3,2]; float@[3,2]; float[]; float[4,2]; int32[4]; float[] |
ResourceSparseApplyAdagrad | float@[3,2]; float@[3,2]; float[]; float[4,2]; int32[5] |
ResourceSparseApplyAdagrad | float@[3,2]; float@[3,2]; float[]; float[4,2]; int32[4] |
VariableV2 || shape=[2,3] dtype=float
VariableV2 || shape=[] dtype=float
VariableV2 || shape=? dtype=float
Variable || shape=[2,3] dtype=float
Variable || shape=[] dtype=float
TemporaryVariable || shape=[2,3] dtype=float
DestroyTemporaryVariable | float&[2,3] | var_name=t
IsVariableInitialized | float&[2,3] |
Assign | float&[2,3]; float[2,3] |
Assign | float&[2,3]; float[3,2] |
Assign | float&[2,3]; float[3,2] | validate_shape=false
Assign | float&[2,3]; float? |
Assign | float&?; float[3] |
AssignAdd | float&[2,3]; float[2,3] |
AssignSub | float&[2,3]; float[2] |
AssignAdd | float&?; float[2] |
CountUpTo | int32&[] | limit=5
CountUpTo | int32&[1] | limit=5
ScatterUpdate | float&[4,5]; int32[3]; float[3,5] |
ScatterAdd | float&[4,5]; int32[]; float[5] |
ScatterAdd | float&[4,5]; int32[3]; float[] |
ScatterSub | float&[4,5]; int32[3]; float[2,5] |
ScatterMul | float&?; int32[3]; float[3,5] |
ScatterMax | float&[4,5]; int32?; float[3,5] |
ScatterDiv | float&[]; int32[3]; float[3] |
ScatterNdUpdate | float&[4,5]; int32[7,1]; float[7,5] |
ScatterNdAdd | float&[4,5]; int32[7,1]; float[7,4] |
ScatterNdSub | float&[4,5]; int32[7,2]; float[7] |
ScatterNdUpdate | float&?; int32[7,1]; float[7,4] |
ScatterNdUpdate | float&[4,5]; int32[7,3]; float[7] |
ScatterNdNonAliasingAdd | float[4,5]; int32[7,1]; float[7,5] |
ApplyGradientDescent | float&[2,3]; float[]; float[2,3] |
ApplyGradientDescent | float&[2,?]; float[]; float[?,3] |
ApplyGradientDescent | float&[2,3]; float[1]; float[2,3] |
ApplyGradientDescent | float&[2,3]; float[]; float[2,4] |
ApplyGradientDescent | float&[2,3]; float?; float? |
ApplyMomentum | float&[2,3]; float&[2,3]; float[]; float[2,3]; float[] |
ApplyMomentum | float&[2,3]; float&[2,2]; float[]; float[2,3]; float[] |
ApplyMomentum | float&[2,3]; float&?; float[]; float?; float[2] |
ApplyAdagrad | float&[2,3]; float&[2,3]; float[]; float[2,3] |
ApplyAdagradV2 | float&[2,3]; float&[2,3]; float[]; float[]; float[2,3] |
ApplyAdagradDA | float&[2]; float&[2]; float&[2]; float[2]; float[]; float[]; float[]; int64[] |
ApplyAdagradDA | float&[2]; float&[2]; float&[2]; float[2]; float[]; float[]; float[]; int64[1] |
ApplyAdadelta | float&[2]; float&[2]; float&[2]; float[]; float[]; float[]; float[2] |
ApplyAdam | float&[2]; float&[2]; float&[2]; float[]; float[]; float[]; float[]; float[]; float[]; float[2] |
ApplyAdam | float&[2]; float&[2]; float&[2]; float[]; float[]; float[]; float[]; float[]; float[]; float[3] |
ApplyAdam | float&[2]; float&[3]; float&[2]; float[]; float[]; float[]; float[]; float[]; float[]; float[2] |
ApplyAdaMax | float&[2]; float&[2]; float&[2]; float[]; float[]; float[]; float[]; float[]; float[2] |
ApplyRMSProp | float&[2]; float&[2]; float&[2]; float[]; float[]; float[]; float[]; float[2] |
ApplyCenteredRMSProp | float&[2]; float&[2]; float&[2]; float&[2]; float[]; float[]; float[]; float[]; float[2] |
ApplyFtrl | float&[2]; float&[2]; float&[2]; float[2]; float[]; float[]; float[]; float[] |
ApplyFtrlV2 | float&[2]; float&[2]; float&[2]; float[2]; float[]; float[]; float[]; float[]; float[] |
ApplyProximalGradientDescent | float&[2]; float[]; float[]; float[]; float[2] |
ApplyProximalAdagrad | float&[2]; float&[2]; float[]; float[]; float[]; float[2] |
ApplyAddSign | float&[2]; float&[2]; float[]; float[]; float[]; float[]; float[2] |
ApplyPowerSign | float&[2]; float&[2]; float[]; float[]; float[]; float[]; float[2] |
SparseApplyAdagrad | float&[4,5]; float&[4,5]; float[]; float[3,5]; int32[3] |
SparseApplyAdagrad | float&[4,5]; float&[4,5]; float[]; float[3,5]; int32[2] |
SparseApplyAdagrad | float&[4,5]; float&[4,5]; float[]; float[3,6]; int32[3] |
SparseApplyAdagrad | float&[4,5]; float&[4,5]; float[]; float[3,5]; int32[3,1] |
SparseApplyAdagrad | float&?; float&[4,5]; float[]; float[3,5]; int32? |
SparseApplyAdagrad | float&?; float&?; float[]; float[3,5]; int32? |
SparseApplyMomentum | float&[4,5]; float&[4,5]; float[]; float[3,5]; int32[3]; float[] |
SparseApplyAdadelta | float&[4]; float&[4]; float&[4]; float[]; float[]; float[]; float[2]; int32[2] |
SparseApplyFtrl | float&[4]; float&[4]; float&[4]; float[2]; int32[2]; float[]; float[]; float[]; float[] |
SparseApplyRMSProp | float&[4]; float&[4]; float&[4]; float[]; float[]; float[]; float[]; float[2]; int32[2] |
SparseApplyProximalGradientDescent | float&[4]; float[]; float[]; float[]; float[2]; int32[2] |
ScatterMin | float&[4,5]; int32[3]; float[3,5] |
SparseApplyAdagradV2 | float&[4]; float&[4]; float[]; float[]; float[2]; int32[2] |
SparseApplyAdagradDA | float&[4]; float&[4]; float&[4]; float[2]; int32[2]; float[]; float[]; float[]; int64[] |
SparseApplyCenteredRMSProp | float&[4]; float&[4]; float&[4]; float&[4]; float[]; float[]; float[]; float[]; float[2]; int32[2] |
SparseApplyFtrlV2 | float&[4]; float&[4]; float&[4]; float[2]; int32[2]; float[]; float[]; float[]; float[]; float[] |
SparseApplyProximalAdagrad | float&[4]; float&[4]; float[]; float[]; float[]; float[2]; int32[2] |
'''
