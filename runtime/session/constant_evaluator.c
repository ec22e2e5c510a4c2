/* Values of constant subgraphs while a graph is built: shape inference asks for them through runtime/graph, which
 * cannot run kernels. */
#include "runtime/graph/shape_context.h"
#include "runtime/resource/resource_manager.h"
#include "runtime/session/prepared.h"

static hr_status evaluate(hr_prepared *prepared, hr_tensor *value) {
  hr_step *step;
  HR_TRY(hr_prepared_take(prepared, &step));
  hr_status status = hr_step_run(step);
  if (!status) status = hr_step_fetch(step, 0, value);
  hr_step_finish(step);
  return status;
}

/* A value that cannot be computed (no kernel, an error) is unknown: the run will say why. */
static hr_status evaluate_constant(hr_output output, bool *known, hr_tensor *value) {
  *known = false;
  hr_session_options options = {.intra_op_threads = 1};
  hr_device_set devices = {0};
  HR_TRY(hr_cpu_devices_add(&devices, &options));
  hr_resource_manager *resources = hr_resource_manager_new("localhost");
  hr_plan_request request = {.graph = output.node->graph,
                             .devices = &devices,
                             .resources = resources,
                             .ignore_controls = true,
                             .rewrites_off = HR_REWRITE_ALL,
                             .num_fetches = 1,
                             .fetches = &output};
  hr_prepared *prepared = NULL;
  hr_status status = resources ? hr_prepared_new(&request, &prepared) : hr_error_out_of_memory(0, "a resource manager");
  if (!status) {
    status = evaluate(prepared, value);
    hr_prepared_free(prepared);
  }
  *known = status == HR_SUCCESS;
  hr_resource_manager_unref(resources);
  hr_device_set_clear(&devices);
  if (hr_status_code(status) == HR_RESOURCE_EXHAUSTED) return status;
  hr_status_free(status);
  return HR_SUCCESS;
}

__attribute__((constructor)) static void offer_evaluator(void) { hr_register_constant_evaluator(evaluate_constant); }
