/*
 * ntdll/io/c_drive.c - the tree that is C:, made when something first asks for it.
 */
#include "ntdll/io/private.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

static struct host_lock c_drive_lock;
static char *c_drive;

/* The network's text files.  Ports and numbers are IANA's. */
#define ETC "/Windows/System32/drivers/etc/"
static const struct {
	const char *name, *text;
} files[] = {
	{ETC "hosts",
	 "# Addresses and names of hosts, one a line.  The name localhost is known without it.\r\n"
	 "#\t127.0.0.1       localhost\r\n"
	 "#\t::1             localhost\r\n"},
	{ETC "networks", "# Names of networks and their numbers.\r\nloopback                 127\r\n"},
	{ETC "protocol",
	 "# Names of protocols, their numbers, other names.\r\n"
	 "ip         0     IP\r\nicmp       1     ICMP\r\nggp        3     GGP\r\ntcp        6     TCP\r\n"
	 "egp        8     EGP\r\nudp        17    UDP\r\nrdp        27    RDP\r\nipv6       41    IPv6\r\n"
	 "ipv6-route 43    IPv6-Route\r\nipv6-frag  44    IPv6-Frag\r\nesp        50    ESP\r\n"
	 "ah         51    AH\r\nipv6-icmp  58    IPv6-ICMP\r\nipv6-nonxt 59    IPv6-NoNxt\r\n"
	 "ipv6-opts  60    IPv6-Opts\r\n"},
	{ETC "services",
	 "# Names of services, their ports and protocols, other names.\r\n"
	 "echo                7/tcp\r\necho                7/udp\r\n"
	 "discard             9/tcp    sink null\r\ndiscard             9/udp    sink null\r\n"
	 "daytime            13/tcp\r\ndaytime            13/udp\r\n"
	 "qotd               17/tcp    quote\r\nqotd               17/udp    quote\r\n"
	 "chargen            19/tcp    ttytst source\r\nchargen            19/udp    ttytst source\r\n"
	 "ftp-data           20/tcp\r\nftp                21/tcp\r\nssh                22/tcp\r\ntelnet             23/tcp\r\n"
	 "smtp               25/tcp    mail\r\ntime               37/tcp    timserver\r\ntime               37/udp    timserver\r\n"
	 "nicname            43/tcp    whois\r\ndomain             53/tcp\r\ndomain             53/udp\r\n"
	 "bootps             67/udp    dhcps\r\nbootpc             68/udp    dhcpc\r\ntftp               69/udp\r\n"
	 "gopher             70/tcp\r\nfinger             79/tcp\r\nhttp               80/tcp    www www-http\r\n"
	 "kerberos           88/tcp    krb5 kerberos-sec\r\nkerberos           88/udp    krb5 kerberos-sec\r\n"
	 "pop3              110/tcp\r\nsunrpc            111/tcp    rpcbind portmap\r\nsunrpc            111/udp    rpcbind portmap\r\n"
	 "nntp              119/tcp    usenet\r\nntp               123/udp\r\nepmap             135/tcp    loc-srv\r\n"
	 "epmap             135/udp    loc-srv\r\nnetbios-ns        137/tcp    nbname\r\nnetbios-ns        137/udp    nbname\r\n"
	 "netbios-dgm       138/udp    nbdatagram\r\nnetbios-ssn       139/tcp    nbsession\r\nimap              143/tcp    imap4\r\n"
	 "snmp              161/udp\r\nsnmptrap          162/udp    snmp-trap\r\nbgp               179/tcp\r\n"
	 "irc               194/tcp\r\nldap              389/tcp\r\nhttps             443/tcp    MCom\r\n"
	 "https             443/udp    MCom\r\nmicrosoft-ds      445/tcp\r\nmicrosoft-ds      445/udp\r\n"
	 "kpasswd           464/tcp\r\nkpasswd           464/udp\r\nisakmp            500/udp    ike\r\n"
	 "syslog            514/udp\r\nprinter           515/tcp    spooler\r\nrouter            520/udp    route routed\r\n"
	 "submission        587/tcp\r\nldaps             636/tcp    sldap\r\nimaps             993/tcp\r\npop3s             995/tcp\r\n"
	 "ms-sql-s         1433/tcp\r\nms-sql-m         1434/udp\r\nl2tp             1701/udp\r\npptp             1723/tcp\r\n"
	 "nfsd             2049/tcp    nfs\r\nnfsd             2049/udp    nfs\r\nms-wbt-server    3389/tcp\r\n"},
};

#define PROGRAMS "/Windows/System32/"

struct io_programs io_programs;

static void make_file(const char *path, const void *bytes, size_t size)
{
	int fd = host_open(path, HOST_OPEN_WRITE | HOST_OPEN_CREATE, 0666);

	if (fd < 0)
		return; /* it is there, perhaps with the user's changes */
	host_write(fd, bytes, size);
	host_close(fd);
}

/* root/name in `path`, which is emptied first. */
static bool join(struct io_narrow *path, const char *root, const char *folder, const char *name)
{
	path->length = 0;
	io_narrow_put(path, root, strlen(root));
	io_narrow_put(path, folder, strlen(folder));
	io_narrow_put(path, name, strlen(name));
	return !path->failed;
}

/* The builtin programs, each made where it is missing: a newer version may have more of them.  A user's own stays. */
static void make_programs(const char *root)
{
	struct io_narrow path, whole;
	const char *name;

	io_narrow_init(&path);
	io_narrow_init(&whole);
	for (unsigned i = 0; io_programs.name && (name = io_programs.name(i)) != NULL; i++) {
		char number[40];
		void *bytes;
		size_t size;

		if (!join(&path, root, PROGRAMS, name) || host_path_exists(path.text))
			continue;
		bytes = io_programs.file(i, &size);
		/* Another process must not see a half of it. */
		snprintf(number, sizeof(number), ".%llx", (unsigned long long)io_unique_number());
		if (bytes && join(&whole, path.text, number, "")) {
			make_file(whole.text, bytes, size);
			host_rename(whole.text, path.text, true);
		}
		free(bytes);
	}
	io_narrow_free(&whole);
	io_narrow_free(&path);
}

/* Windows' own folders, as programs expect to find them. */
static void make_tree(const char *root)
{
	static const char *const folders[] = {
		"/Windows",
		"/Windows/System32",
		"/Windows/System32/drivers",
		"/Windows/System32/drivers/etc",
		"/Windows/SysWOW64",
		"/Windows/Temp",
		"/Windows/Fonts",
		"/Program Files",
		"/Program Files/Common Files",
		"/Program Files (x86)",
		"/Program Files (x86)/Common Files",
		"/ProgramData",
		"/Users",
		"/Users/Public",
		"/Users/Public/Documents",
		"/Users/%",
		"/Users/%/AppData",
		"/Users/%/AppData/Local",
		"/Users/%/AppData/Local/Temp",
		"/Users/%/AppData/LocalLow",
		"/Users/%/AppData/Roaming",
		"/Users/%/Desktop",
		"/Users/%/Documents",
		"/Users/%/Downloads",
	};
	struct io_narrow path;

	io_narrow_init(&path);
	/* the directories above it, then the tree */
	for (const char *slash = strchr(root + 1, '/'); slash; slash = strchr(slash + 1, '/')) {
		path.length = 0;
		if (io_narrow_put(&path, root, (size_t)(slash - root)))
			host_make_directory(path.text, 0700);
	}
	host_make_directory(root, 0700);
	for (size_t i = 0; i < ARRAY_SIZE(folders); i++) {
		path.length = 0;
		io_narrow_put(&path, root, strlen(root));
		for (const char *c = folders[i]; *c; c++) {
			if (*c == '%')
				io_narrow_put(&path, host_user_name(), strlen(host_user_name()));
			else
				io_narrow_put(&path, c, 1);
		}
		if (!path.failed)
			host_make_directory(path.text, 0777);
	}
	for (size_t i = 0; i < ARRAY_SIZE(files); i++)
		if (join(&path, root, "", files[i].name))
			make_file(path.text, files[i].text, strlen(files[i].text));
	io_narrow_free(&path);
}

/* Whether the tree is there as this version makes it: what it makes last is. */
static bool tree_is_made(const char *root)
{
	struct io_narrow path;
	bool made;

	io_narrow_init(&path);
	made = !join(&path, root, "", files[ARRAY_SIZE(files) - 1].name) || host_path_exists(path.text);
	io_narrow_free(&path);
	return made;
}

const char *io_c_drive(void)
{
	char *root = __atomic_load_n(&c_drive, __ATOMIC_ACQUIRE);

	if (root)
		return root;
	host_lock_acquire(&c_drive_lock);
	if (!c_drive) {
		const char *given = host_environment_value("PEWTER_C"), *data = host_environment_value("XDG_DATA_HOME");
		const char *home = host_home_directory();
		struct io_narrow path, real;

		io_narrow_init(&path);
		io_narrow_init(&real);
		if (given && *given == '/') {
			io_narrow_put(&path, given, strlen(given));
			while (path.length > 1 && path.text[path.length - 1] == '/')
				path.text[--path.length] = 0;
		} else if (data && *data == '/') {
			io_narrow_put(&path, data, strlen(data));
			io_narrow_put(&path, "/pewter/c", 9);
		} else {
			io_narrow_put(&path, home, strlen(home));
			io_narrow_put(&path, "/.local/share/pewter/c", 22);
		}
		if (!path.failed && !tree_is_made(path.text))
			make_tree(path.text);
		if (!path.failed)
			make_programs(path.text);
		/* without links, so that paths of open files are recognised */
		if (host_real_path(path.text, real.text, real.capacity) > 0)
			root = strdup(real.text);
		else
			root = strdup(path.failed ? "/nonexistent" : path.text);
		io_narrow_free(&path);
		io_narrow_free(&real);
		__atomic_store_n(&c_drive, root ? root : "/nonexistent", __ATOMIC_RELEASE);
	}
	host_lock_release(&c_drive_lock);
	return c_drive;
}
