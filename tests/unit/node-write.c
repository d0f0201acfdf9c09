/* Writing through the node: what was acknowledged is there; what was refused left nothing; many wait for one sync. */
#include "base/error.h"
#include "http/metrics.h"
#include "node/rebuild.h"
#include "support/notebook.h"

static void setup(Bench *bench, gconstpointer data)
{
    (void)data;
    bench_setup(bench, NULL);
}

static void teardown(Bench *bench, gconstpointer data)
{
    (void)data;
    bench_teardown(bench);
}

static void an_act_becomes_a_row(Bench *bench, gconstpointer data)
{
    (void)data;
    g_autoptr(GError) error = NULL;
    g_autofree char *space = bench_space(bench);
    g_autofree char *subject = bench_write(bench, space, NULL, "first", &error);
    g_assert_no_error(error);
    g_assert_nonnull(subject);
    g_assert_cmpint(bench_count(bench, "SELECT COUNT(*) FROM note WHERE text = 'first'"), ==, 1);
    bench_close(bench);
    bench_open(bench);
    g_assert_cmpint(bench_count(bench, "SELECT COUNT(*) FROM note WHERE text = 'first'"), ==, 1);
    g_autofree char *again = bench_write(bench, space, NULL, "second", &error);
    g_assert_no_error(error);
    g_assert_cmpint(bench_count(bench, "SELECT COUNT(*) FROM note"), ==, 2);
}

int main(int argc, char **argv)
{
    secret_init();
    g_test_init(&argc, &argv, NULL);
    g_test_add("/node/write/act-becomes-row", Bench, NULL, setup, an_act_becomes_a_row, teardown);
    return g_test_run();
}
