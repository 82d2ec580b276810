/* Writes event files to measure with: generate_events FILE BYTES [UNIQUE_PERCENT [SEED]]
 *
 * Windows endpoint events in ECS, about 2.7 KB and 75 values each, of 200 hosts: values are drawn as real ones are, few of
 * them often and many rarely. UNIQUE_PERCENT (default 33) of the command lines occur once only; 100 makes every free text of an
 * event unique. The same arguments give the same bytes. */
#include "base/base.h"

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

typedef struct Process {
    char path[200];
    char name[64];
    char line[512];
    uint32_t pid;
} Process;

static int unique_percent = 33;

static bool is_unique(void)
{
    return (int)below(100) < unique_percent;
}

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
    bool free_name = unique_percent == 100;
    snprintf(process->name, sizeof process->name, free_name ? "%s%08" PRIx64 ".exe" : "%s.exe",
             PROGRAMS[program], next_random() >> 32);
    snprintf(process->path, sizeof process->path, "%s%s", folder, process->name);
    process->pid = 1000 + often_low(20000) * 4;
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
    uint64_t content =
        often_low(4000) * 0x9e3779b97f4a7c15u + (unique_percent == 100 ? next_random() : 0);
    printf("\"hash\":{\"md5\":\"%016" PRIx64 "%016" PRIx64 "\",\"sha256\":\"%016" PRIx64
           "%016" PRIx64 "%016" PRIx64 "%016" PRIx64 "\"},",
           content, content * 3, content * 5, content * 7, content * 11, content * 13);
}

static void print_process(const char *key, const Process *process, uint32_t host,
                          const Process *parent)
{
    printf("\"%s\":{\"entity_id\":\"{%08x-%04x-%04x-%012x}\",\"pid\":%u,\"name\":\"%s\","
           "\"executable\":\"%s\","
           "\"command_line\":\"%s\",\"working_directory\":\"C:\\\\Windows\\\\system32\\\\\",",
           key, host * 2654435761u, process->pid & 0xffff, process->pid >> 4, process->pid * 40503u,
           process->pid, process->name, process->path, process->line);
    print_hashes();
    printf("\"code_signature\":{\"exists\":true,\"status\":\"trusted\",\"subject_name\":\"%s\","
           "\"trusted\":true,\"valid\":true},"
           "\"pe\":{\"original_file_name\":\"%s\",\"company\":\"Contoso "
           "Ltd\",\"product\":\"Contoso Platform\","
           "\"file_version\":\"10.0.%u.1\",\"imphash\":\"%016" PRIx64
           "\"},\"args_count\":%u,\"args\":[\"%s\",\"-k\",\"%u\"]",
           process->pid % 3 == 0 ? "Harbour Software" : "Contoso Windows", process->name,
           process->pid % 90, (uint64_t)process->pid * 0x9e3779b97f4a7c15u, process->pid % 7 + 1,
           process->path, process->pid % 50);
    if (parent != NULL) {
        putchar(',');
        print_process("parent", parent, host, NULL);
    }
    putchar('}');
}

static void print_network(uint32_t host)
{
    bool inside = below(3) != 0;
    printf(",\"source\":{\"ip\":\"10.%u.%u.%u\",\"port\":%u},\"destination\":{\"ip\":\"%u.%u.%u.%"
           "u\",\"port\":%u},"
           "\"network\":{\"transport\":\"tcp\",\"type\":\"ipv4\",\"direction\":\"egress\","
           "\"community_id\":\"1:%016" PRIx64 "=\"}",
           host % 8, host % 250, 7 + host % 200, 49152 + below(16000), inside ? 10 : 198,
           inside ? host % 8 : 51, often_low(250), often_low(250), below(4) == 0 ? 80 : 443,
           next_random());
}

static void print_registry(void)
{
    printf(",\"registry\":{\"hive\":\"HKLM\",\"key\":\"SOFTWARE\\\\Contoso\\\\Settings\\\\%u\","
           "\"value\":\"Value%u\","
           "\"path\":\"HKLM\\\\SOFTWARE\\\\Contoso\\\\Settings\\\\%u\\\\Value%u\",\"data\":{"
           "\"type\":\"SZ\",\"strings\":[\"%u\"]}}",
           often_low(900), often_low(40), often_low(900), often_low(40), below(1000));
}

static void print_file(void)
{
    static const char *const EXTENSIONS[] = {"tmp", "log", "dll",  "txt",
                                             "exe", "ps1", "docx", "lnk"};
    const char *extension = EXTENSIONS[often_low(ARRAY_LEN(EXTENSIONS))];
    uint64_t name = is_unique() ? next_random() >> 32 : often_low(5000);
    printf(",\"file\":{\"name\":\"%08" PRIx64 ".%s\",\"extension\":\"%s\",\"directory\":\"C:"
           "\\\\Users\\\\user%u\\\\AppData\\\\Local\\\\Temp\","
           "\"path\":\"C:\\\\Users\\\\user%u\\\\AppData\\\\Local\\\\Temp\\\\%08" PRIx64
           ".%s\",\"size\":%u}",
           name, extension, extension, often_low(200), often_low(200), name, extension,
           below(1000000));
}

static void print_dns(void)
{
    printf(",\"dns\":{\"question\":{\"name\":\"host%u.example.org\",\"type\":\"A\",\"registered_"
           "domain\":\"example.org\"},"
           "\"resolved_ip\":[\"198.51.100.%u\"],\"answers\":[{\"type\":\"A\",\"data\":\"198.51.100."
           "%u\"}]}",
           often_low(3000), often_low(250), often_low(250));
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

static void print_event(uint64_t number)
{
    uint32_t host = often_low(200);
    const Kind *kind = draw_kind();
    Process process;
    Process parent;
    make_process(&process);
    make_process(&parent);
    uint64_t ms = number * 3 + below(3);
    printf("{\"@timestamp\":\"2024-05-06T%02u:%02u:%02u.%03uZ\",", (unsigned)(ms / 3600000 % 24),
           (unsigned)(ms / 60000 % 60), (unsigned)(ms / 1000 % 60), (unsigned)(ms % 1000));
    printf("\"agent\":{\"id\":\"%08x-5d1c-4c5e-9a3e-%012x\",\"type\":\"endpoint\",\"version\":\"8."
           "14.%u\"},\"ecs\":{\"version\":\"8.11.0\"},"
           "\"data_stream\":{\"type\":\"logs\",\"dataset\":\"%s\",\"namespace\":\"default\"},",
           host * 77777u, host, host % 4, kind->dataset);
    printf("\"event\":{\"kind\":\"event\",\"category\":[\"%s\"],\"type\":[\"%s\"],\"action\":\"%"
           "s\",\"code\":\"%s\",\"dataset\":\"%s\","
           "\"module\":\"endpoint\",\"outcome\":\"success\",\"sequence\":%" PRIu64
           ",\"id\":\"%016" PRIx64 "\",\"ingested\":\"2024-05-06T%02u:%02u:%02uZ\"},",
           kind->category, kind->type, kind->action, kind->code, kind->dataset, number,
           next_random(), (unsigned)(ms / 3600000 % 24), (unsigned)(ms / 60000 % 60),
           (unsigned)(ms / 1000 % 60));
    printf("\"host\":{\"name\":\"ws-%04u\",\"hostname\":\"WS-%04u\",\"id\":\"h%08x\",\"ip\":[\"10.%"
           "u.%u.%u\",\"fe80::%x\"],\"mac\":[\"00-50-56-%02x-%02x-01\"],"
           "\"architecture\":\"x86_64\",\"os\":{\"type\":\"windows\",\"family\":\"windows\","
           "\"name\":\"Windows\",\"platform\":\"windows\","
           "\"full\":\"Windows 11 Enterprise 23H2 (10.0.22631.3447)\",\"version\":\"23H2 "
           "(10.0.22631.3447)\",\"kernel\":\"23H2\"}},",
           host, host, host * 40503u, host % 8, host % 250, 7 + host % 200, host * 7919u,
           host % 256, host % 199);
    printf("\"user\":{\"name\":\"user%u\",\"domain\":\"HARBOUR\",\"id\":\"S-1-5-21-1004336348-"
           "1177238915-682003330-%u\"},",
           often_low(200), 1000 + often_low(200));
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
    printf(",\"message\":\"Endpoint %s event\"}\n", kind->category);
}

int main(int argc, char **argv)
{
    if (argc < 3 || freopen(argv[1], "w", stdout) == NULL) {
        fprintf(stderr, "usage: %s FILE BYTES [UNIQUE_PERCENT [SEED]]\n", argv[0]);
        return EXIT_FAILURE;
    }
    uint64_t bytes = strtoull(argv[2], NULL, 10);
    unique_percent = argc > 3 ? (int)strtol(argv[3], NULL, 10) : 33;
    state = argc > 4 ? strtoull(argv[4], NULL, 10) : 7;
    static char buffer[1 << 20];
    setvbuf(stdout, buffer, _IOFBF, sizeof buffer);
    for (uint64_t number = 0; (uint64_t)ftello(stdout) < bytes; number++) {
        print_event(number);
    }
    return fclose(stdout) == 0 ? EXIT_SUCCESS : EXIT_FAILURE;
}
