/* cli/main.c: `comity`, one program: the node, its administration, a client of its API, and the offline verifier. */
#include "cli/command_line.h"
#include "crypto/secret.h"
#include <locale.h>
#include <stdio.h>

static void print_group(const char *title, const CliCommand *commands)
{
    printf("\n%s\n", title);
    for (const CliCommand *command = commands; command->name; command++) {
        g_autofree char *usage = g_strconcat(command->name, " ", command->arguments, NULL);
        printf("  %-34s %s\n", usage, command->summary);
    }
}

static int help(void)
{
    puts("Usage: comity COMMAND [OPTION...] [ARGUMENT...]\n"
         "Evidence that proves itself: a node, its administration, a client, and an offline verifier.");
    print_group("A node in a folder (DIR):", cli_node_commands);
    print_group("As a client (--server URL --token-file FILE, or COMITY_SERVER and COMITY_TOKEN_FILE):",
                cli_client_commands);
    print_group("Files, without any node:", cli_file_commands);
    puts("\n  comity COMMAND --help tells more. Exit codes: 0 done, 1 failed, 2 usage; verify: see its --help.");
    return 0;
}

int main(int argc, char **argv)
{
    setlocale(LC_ALL, "");
    secret_init();
    if (argc < 2) {
        fputs("comity: which command? Try “comity --help”.\n", stderr);
        return 2;
    }
    if (g_str_equal(argv[1], "--help") || g_str_equal(argv[1], "-h") || g_str_equal(argv[1], "help"))
        return help();
    if (g_str_equal(argv[1], "--version") || g_str_equal(argv[1], "version")) {
        printf("comity %s\n", COMITY_VERSION);
        return 0;
    }
    int words = 0;
    const CliCommand *command = cli_find(argc - 1, argv + 1, &words);
    if (!command) {
        fprintf(stderr, "comity: there is no command “%s”. Try “comity --help”.\n", argv[1]);
        return 2;
    }
    return command->run(command->name, argc - 1 - words, argv + 1 + words);
}
