/* Writes event files to measure with:
 * generate_events [--unique PERCENT] [--every-value] [--backwards] [--seed NUMBER] FILE BYTES
 *
 * Windows endpoint events in ECS, about 2.7 KB and 75 values each, of 200 hosts: values are drawn as real ones are, few of
 * them often and many rarely. PERCENT (default 33) of the command lines occur once only. --every-value: no value occurs
 * twice, but those of which there are few by their nature (categories, types, the operating system) - what no dictionary
 * can help with. --backwards: the latest event comes first. The same arguments give the same bytes. */
#include "base/base.h"

#include <getopt.h>
#include <inttypes.h>
#include <math.h>

static uint64_t state;

/* splitmix64 */
static uint64_t next_random(void)
{
    state += 0x9e3779b97f4a7c15u;
    uint64_t z = state;
    z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9u;
    z = (z ^ (z >> 27)) * 0x94d049bb133111ebu;
    return z ^ (z >> 31);
}

static uint32_t below(uint32_t count)
{
    return (uint32_t)(next_random() % count);
}

/* An index below `count`, the low ones far more often: about Zipf's law. */
static uint32_t often_low(uint32_t count)
{
    double u = (double)(next_random() >> 11) / 9007199254740992.0;
    return (uint32_t)(pow((double)count, u) - 1.0) % count;
}

static const char *const PROGRAMS[] = {
    "svchost",  "chrome",   "explorer",      "msedge",    "powershell", "cmd",      "conhost",
    "rundll32", "regsvr32", "wmiprvse",      "taskhostw", "services",   "lsass",    "winword",
    "excel",    "outlook",  "teams",         "onedrive",  "notepad",    "certutil", "schtasks",
    "net",      "whoami",   "ipconfig",      "mshta",     "wscript",    "cscript",  "msiexec",
    "dllhost",  "spoolsv",  "searchindexer", "sihost",    "reg",        "sc",       "tasklist",
    "nltest",   "vssadmin", "bitsadmin",     "wevtutil",  "python",     "java",     "node",
    "git",      "ssh",      "code",          "devenv",    "msbuild",    "csc",
};
/* A folder, and what stands behind a number in it when there is one. */
static const char *const FOLDERS[][2] = {
    {"C:\\\\Windows\\\\System32\\\\", NULL},
    {"C:\\\\Windows\\\\SysWOW64\\\\", NULL},
    {"C:\\\\Program Files\\\\Contoso\\\\Agent\\\\", NULL},
    {"C:\\\\Program Files (x86)\\\\Harbour\\\\Tools\\\\", NULL},
    {"C:\\\\Users\\\\user", "\\\\AppData\\\\Local\\\\Programs\\\\"},
    {"C:\\\\Users\\\\user", "\\\\Downloads\\\\"},
    {"C:\\\\ProgramData\\\\Updates\\\\", NULL},
    {"D:\\\\Work\\\\build", "\\\\"},
};
static const char *const SWITCHES[] = {"-k netsvcs -p",
                                       "--type=renderer --lang=en-GB",
                                       "/c dir /s",
                                       "/create /sc daily",
                                       "-nologo -file task.ps1",
                                       "--service --quiet",
                                       "/query /fo list",
                                       "-embedding"};

/* Who signs a program: rules look at who pretends to be another, which few do. */
static const char *signer_of(const char *program)
{
    static const char *const VENDORS[][2] = {
        {"chrome", "Google LLC"},         {"python", "Python Software Foundation"},
        {"java", "Oracle America, Inc."}, {"node", "OpenJS Foundation"},
        {"git", "Johannes Schindelin"},
    };
    static const char *const OWN[] = {"winword", "excel",    "outlook", "teams",
                                      "msedge",  "onedrive", "code",    "devenv"};
    for (size_t i = 0; i < ARRAY_LEN(VENDORS); i++) {
        if (strcmp(program, VENDORS[i][0]) == 0) {
            return VENDORS[i][1];
        }
    }
    for (size_t i = 0; i < ARRAY_LEN(OWN); i++) {
        if (strcmp(program, OWN[i]) == 0) {
            return "Microsoft Corporation";
        }
    }
    return "Microsoft Windows";
}

typedef struct Process {
    char path[200];
    char name[64];
    char line[512];
    const char *signer;
    uint32_t pid;
} Process;

static int unique_percent = 33;
static bool is_every_value;
static bool is_backwards;

/* What makes a text or a number one of its own when every value is to be one; else nothing. A
 * text stays for 64 calls, more than an event has. */
static const char *own(void)
{
    static char texts[64][16];
    static uint32_t next;
    static uint64_t serial;
    if (!is_every_value) {
        return "";
    }
    char *text = texts[next++ % ARRAY_LEN(texts)];
    snprintf(text, sizeof *texts, "%08" PRIu64, ++serial);
    return text;
}

static bool is_unique(void)
{
    return (int)below(100) < unique_percent;
}

static uint32_t next_pid = 1000;

static void make_process(Process *process)
{
    uint32_t program = often_low(ARRAY_LEN(PROGRAMS));
    const char *const *parts =
        FOLDERS[program % 4 == 0 ? often_low((uint32_t)ARRAY_LEN(FOLDERS)) : 0];
    uint32_t number = often_low(200);
    char folder[128];
    if (parts[1] != NULL) {
        snprintf(folder, sizeof folder, "%s%u%s", parts[0], number, parts[1]);
    } else {
        snprintf(folder, sizeof folder, "%s", parts[0]);
    }
    snprintf(process->name, sizeof process->name, "%s%s.exe", PROGRAMS[program], own());
    snprintf(process->path, sizeof process->path, "%s%s", folder, process->name);
    process->signer = signer_of(PROGRAMS[program]);
    process->pid = is_every_value ? next_pid++ : 1000 + often_low(20000) * 4;
    int used = snprintf(process->line, sizeof process->line, "\\\"%s\\\" %s", process->path,
                        SWITCHES[often_low(ARRAY_LEN(SWITCHES))]);
    if (is_unique() && used > 0 && (size_t)used < sizeof process->line) {
        snprintf(process->line + used, sizeof process->line - (size_t)used,
                 " --session=%016" PRIx64 " --out=C:\\\\Temp\\\\%08" PRIx64 ".tmp", next_random(),
                 next_random() >> 32);
    }
}

static void print_hashes(void)
{
    uint64_t content = is_every_value ? next_random() : often_low(4000) * 0x9e3779b97f4a7c15u;
    printf("\"hash\":{\"md5\":\"%016" PRIx64 "%016" PRIx64 "\",\"sha256\":\"%016" PRIx64
           "%016" PRIx64 "%016" PRIx64 "%016" PRIx64 "\"},",
           content, content * 3, content * 5, content * 7, content * 11, content * 13);
}

static void print_process(const char *key, const Process *process, uint32_t host,
                          const Process *parent)
{
    printf("\"%s\":{\"entity_id\":\"{%08x-%04x-%04x-%012x}\",\"pid\":%u,\"name\":\"%s\","
           "\"executable\":\"%s\","
           "\"command_line\":\"%s\",\"working_directory\":\"C:\\\\Windows\\\\system32%s\\\\\",",
           key, host * 2654435761u, process->pid & 0xffff, process->pid >> 4, process->pid * 40503u,
           process->pid, process->name, process->path, process->line, own());
    print_hashes();
    printf("\"code_signature\":{\"exists\":true,\"status\":\"trusted\",\"subject_name\":\"%s%s\","
           "\"trusted\":true,\"valid\":true},"
           "\"pe\":{\"original_file_name\":\"%s\",\"company\":\"Contoso%s "
           "Ltd\",\"product\":\"Contoso Platform%s\","
           "\"file_version\":\"10.0.%u.1%s\",\"imphash\":\"%016" PRIx64
           "\"},\"args_count\":%u%s,\"args\":[\"%s\",\"-k%s\",\"%u%s\"]",
           process->signer, own(), process->name, own(), own(), process->pid % 90, own(),
           (uint64_t)process->pid * 0x9e3779b97f4a7c15u, process->pid % 7 + 1, own(), process->path,
           own(), process->pid % 50, own());
    if (parent != NULL) {
        putchar(',');
        print_process("parent", parent, host, NULL);
    }
    putchar('}');
}

/* An address of its own or one of a few. */
static void print_address(uint32_t first, uint32_t second, uint32_t third, uint32_t fourth)
{
    uint32_t all = (uint32_t)next_random();
    if (is_every_value) {
        printf("\"%u.%u.%u.%u\"", all >> 24, all >> 16 & 255, all >> 8 & 255, all & 255);
    } else {
        printf("\"%u.%u.%u.%u\"", first, second, third, fourth);
    }
}

static void print_network(uint32_t host)
{
    bool inside = below(3) != 0;
    printf(",\"source\":{\"ip\":");
    print_address(10, host % 8, host % 250, 7 + host % 200);
    printf(",\"port\":%u%s},\"destination\":{\"ip\":", 49152 + below(16000), own());
    print_address(inside ? 10 : 198, inside ? host % 8 : 51, often_low(250), often_low(250));
    printf(",\"port\":%u%s},"
           "\"network\":{\"transport\":\"tcp\",\"type\":\"ipv4\",\"direction\":\"egress\","
           "\"community_id\":\"1:%016" PRIx64 "=\"}",
           below(4) == 0 ? 80 : 443, own(), next_random());
}

static void print_registry(void)
{
    const char *key = own();
    const char *value = own();
    printf(",\"registry\":{\"hive\":\"HKLM\",\"key\":\"SOFTWARE\\\\Contoso\\\\Settings\\\\%u%s\","
           "\"value\":\"Value%u%s\","
           "\"path\":\"HKLM\\\\SOFTWARE\\\\Contoso\\\\Settings\\\\%u%s\\\\Value%u%s\",\"data\":{"
           "\"type\":\"SZ\",\"strings\":[\"%u%s\"]}}",
           often_low(900), key, often_low(40), value, often_low(900), key, often_low(40), value,
           below(1000), own());
}

static void print_file(void)
{
    static const char *const EXTENSIONS[] = {"tmp", "log", "dll",  "txt",
                                             "exe", "ps1", "docx", "lnk"};
    const char *extension = EXTENSIONS[often_low(ARRAY_LEN(EXTENSIONS))];
    const char *folder = own();
    uint64_t name = is_unique() ? next_random() >> 32 : often_low(5000);
    printf(",\"file\":{\"name\":\"%08" PRIx64 ".%s\",\"extension\":\"%s%s\",\"directory\":\"C:"
           "\\\\Users\\\\user%u%s\\\\AppData\\\\Local\\\\Temp\","
           "\"path\":\"C:\\\\Users\\\\user%u%s\\\\AppData\\\\Local\\\\Temp\\\\%08" PRIx64
           ".%s\",\"size\":%u%s}",
           name, extension, extension, own(), often_low(200), folder, often_low(200), folder, name,
           extension, 1 + below(999999), own());
}

static void print_dns(void)
{
    const char *domain = own();
    printf(",\"dns\":{\"question\":{\"name\":\"host%u.example%s.org\",\"type\":\"A\",\"registered_"
           "domain\":\"example%s.org\"},\"resolved_ip\":[",
           often_low(3000), domain, domain);
    print_address(198, 51, 100, often_low(250));
    printf("],\"answers\":[{\"type\":\"A\",\"data\":");
    print_address(198, 51, 100, often_low(250));
    printf("}]}");
}

typedef struct Kind {
    const char *category, *type, *dataset, *action, *code;
    int share; /* of 100 */
} Kind;

static const Kind KINDS[] = {
    {"process", "start", "endpoint.events.process", "start", "1", 18},
    {"process", "end", "endpoint.events.process", "end", "5", 10},
    {"network", "start", "endpoint.events.network", "connection_attempted", "3", 16},
    {"network", "protocol", "endpoint.events.network", "lookup_requested", "22", 10},
    {"registry", "change", "endpoint.events.registry", "modification", "13", 20},
    {"file", "creation", "endpoint.events.file", "creation", "11", 16},
    {"library", "start", "endpoint.events.library", "load", "7", 10},
};

static const Kind *draw_kind(void)
{
    int at = (int)below(100);
    size_t kind = 0;
    while (kind + 1 < ARRAY_LEN(KINDS) && at >= KINDS[kind].share) {
        at -= KINDS[kind++].share;
    }
    return &KINDS[kind];
}

static void print_agent(uint32_t host, const Kind *kind)
{
    printf("\"agent\":{\"id\":\"%08x-5d1c-4c5e-9a3e-%012x%s\",\"type\":\"endpoint\",",
           host * 77777u, host, own());
    printf("\"version\":\"8.14.%u%s\"},\"ecs\":{\"version\":\"8.11.0\"},", host % 4, own());
    printf("\"data_stream\":{\"type\":\"logs\",\"dataset\":\"%s\",\"namespace\":\"default\"},",
           kind->dataset);
}

static void print_host_and_user(uint32_t host)
{
    const char *name = own();
    printf("\"host\":{\"name\":\"ws-%04u%s\",\"hostname\":\"WS-%04u%s\",\"id\":\"h%08x%s\",", host,
           name, host, name, host * 40503u, name);
    printf("\"ip\":[");
    print_address(10, host % 8, host % 250, 7 + host % 200);
    printf(",\"fe80::%x\"],\"mac\":[\"00-50-56-%02x-%02x-01%s\"],",
           is_every_value ? (uint32_t)next_random() : host * 7919u, host % 256, host % 199, name);
    printf("\"architecture\":\"x86_64\",\"os\":{\"type\":\"windows\",\"family\":\"windows\","
           "\"name\":\"Windows\",\"platform\":\"windows\",");
    printf("\"full\":\"Windows 11 Enterprise 23H2 (10.0.22631.3447%s)\",", name);
    printf("\"version\":\"23H2 (10.0.22631.3447%s)\",\"kernel\":\"23H2%s\"}},", name, name);
    const char *user = own();
    printf("\"user\":{\"name\":\"user%u%s\",\"domain\":\"HARBOUR%s\",", often_low(200), user, user);
    printf("\"id\":\"S-1-5-21-1004336348-1177238915-682003330-%u%s\"},", 1000 + often_low(200),
           user);
}

#define LAST_MS (24 * (uint64_t)3600000 - 3) /* of the day: room for 28 million events */

static void print_event(uint64_t number)
{
    uint32_t host = often_low(200);
    const Kind *kind = draw_kind();
    Process process;
    Process parent;
    make_process(&process);
    make_process(&parent);
    uint64_t ms = (is_backwards ? LAST_MS - number * 3 : number * 3) + below(3);
    printf("{\"@timestamp\":\"2024-05-06T%02u:%02u:%02u.%03uZ\",", (unsigned)(ms / 3600000 % 24),
           (unsigned)(ms / 60000 % 60), (unsigned)(ms / 1000 % 60), (unsigned)(ms % 1000));
    print_agent(host, kind);
    printf("\"event\":{\"kind\":\"event\",\"category\":[\"%s\"],\"type\":[\"%s\"],\"action\":\"%"
           "s\",\"code\":\"%s\",\"dataset\":\"%s\","
           "\"module\":\"endpoint\",\"outcome\":\"success\",\"sequence\":%" PRIu64
           ",\"id\":\"%016" PRIx64 "\",\"ingested\":\"2024-05-06T%02u:%02u:%02uZ\"},",
           kind->category, kind->type, kind->action, kind->code, kind->dataset, number,
           next_random(), (unsigned)(ms / 3600000 % 24), (unsigned)(ms / 60000 % 60),
           (unsigned)(ms / 1000 % 60));
    print_host_and_user(host);
    print_process("process", &process, host, &parent);
    if (strcmp(kind->category, "registry") == 0) {
        print_registry();
    } else if (strcmp(kind->category, "file") == 0) {
        print_file();
    } else if (strcmp(kind->type, "protocol") == 0) {
        print_dns();
    } else if (strcmp(kind->category, "network") == 0) {
        print_network(host);
    }
    printf(",\"message\":\"Endpoint %s event%s\"}\n", kind->category, own());
}

static _Noreturn void usage(const char *name)
{
    fprintf(stderr,
            "usage: %s [--unique PERCENT] [--every-value] [--backwards] [--seed NUMBER] FILE "
            "BYTES\n",
            name);
    exit(EXIT_FAILURE);
}

static void read_options(int argc, char **argv)
{
    static const struct option OPTIONS[] = {
        {"unique", required_argument, NULL, 'u'},
        {"every-value", no_argument, NULL, 'e'},
        {"backwards", no_argument, NULL, 'b'},
        {"seed", required_argument, NULL, 's'},
        {NULL, 0, NULL, 0},
    };
    state = 7;
    for (int option; (option = getopt_long(argc, argv, "", OPTIONS, NULL)) != -1;) {
        switch (option) {
        case 'u': unique_percent = (int)strtol(optarg, NULL, 10); break;
        case 'e': is_every_value = true; break;
        case 'b': is_backwards = true; break;
        case 's': state = strtoull(optarg, NULL, 10); break;
        default: usage(argv[0]);
        }
    }
    unique_percent = is_every_value ? 100 : unique_percent;
}

int main(int argc, char **argv)
{
    read_options(argc, argv);
    if (argc - optind != 2) {
        usage(argv[0]);
    }
    if (freopen(argv[optind], "w", stdout) == NULL) {
        perror(argv[optind]);
        return EXIT_FAILURE;
    }
    uint64_t bytes = strtoull(argv[optind + 1], NULL, 10);
    static char buffer[1 << 20];
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    for (uint64_t number = 0; (uint64_t)ftello(stdout) < bytes; number++) {
        print_event(number);
    }
    return fclose(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
