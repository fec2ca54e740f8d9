import Glibc

/// The program that was asked for, started in a session of its own, with nothing inherited but what the order names.
struct Child {
    /// Its process id, which is also its group's.
    let pid: pid_t
    /// Our ends of its outputs.
    let output: Int32
    let errorOutput: Int32

    /// Starts the program.
    ///
    /// - Throws: ``SystemError`` when it does not start; then nothing has happened.
    init(_ order: Order, spool: String) throws {
        guard let program = order.argv.first, program.hasPrefix("/") else {
            throw SystemError(what: "the program must be an absolute path", code: EINVAL)
        }
        guard chdir(order.directory) == 0 else {
            throw SystemError(what: "entering the directory \(order.directory)", code: errno)
        }
        let input = try Self.inputFile(order.input, spool: spool)
        defer { close(input) }
        let (outputRead, outputWrite) = try Self.pipe()
        defer { close(outputWrite) }
        let (errorRead, errorWrite) = try Self.pipe()
        defer { close(errorWrite) }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, outputWrite, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errorWrite, STDERR_FILENO)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        let flags = Int32(POSIX_SPAWN_SETSIGMASK) | Int32(POSIX_SPAWN_SETSIGDEF) | GNU.spawnInNewSession
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var pid: pid_t = 0
        let environment = order.environment.map { "\($0.key)=\($0.value)" }.sorted()
        let code = Self.withCStrings(order.argv) { argv in
            Self.withCStrings(environment) { posix_spawn(&pid, program, &actions, &attributes, argv, $0) }
        }
        guard code == 0 else {
            close(outputRead)
            close(errorRead)
            throw SystemError(what: "starting \(program)", code: code)
        }
        self.pid = pid
        output = outputRead
        errorOutput = errorRead
    }

    /// A file with what the program is to read, already without a name; `/dev/null` for nothing.
    private static func inputFile(_ text: String?, spool: String) throws -> Int32 {
        guard let text else { return try opened("/dev/null", O_RDONLY) }
        let path = spool + "/input"
        let file = try opened(path, O_RDWR | O_CREAT | O_TRUNC)
        unlink(path)
        var rest = Array(text.utf8)[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(file, $0.baseAddress, $0.count) }
            guard count > 0 || errno == EINTR else { throw SystemError(what: "writing the input", code: errno) }
            rest = rest.dropFirst(max(0, count))
        }
        lseek(file, 0, SEEK_SET)
        return file
    }

    private static func opened(_ path: String, _ flags: Int32) throws -> Int32 {
        let file = open(path, flags | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SystemError(what: "opening \(path)", code: errno) }
        return file
    }

    /// A pipe whose reading end never blocks us.
    private static func pipe() throws -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else { throw SystemError(what: "making a pipe", code: errno) }
        // In two steps, which is safe only because this process has one thread.
        for end in ends { _ = fcntl(end, F_SETFD, FD_CLOEXEC) }
        _ = fcntl(ends[0], F_SETFL, O_NONBLOCK)
        return (ends[0], ends[1])
    }

    private static func withCStrings<Result>(
        _ texts: [String], _ body: ([UnsafeMutablePointer<CChar>?]) -> Result
    ) -> Result {
        let pointers: [UnsafeMutablePointer<CChar>?] = texts.map { strdup($0) } + [nil]
        defer { for pointer in pointers { free(pointer) } }
        return body(pointers)
    }
}
