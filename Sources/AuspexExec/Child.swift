import Glibc

/// The program that was asked for, started in a session of its own, with nothing inherited but what the order names.
struct Child {
    /// Its process id, which is also its group's.
    let pid: pid_t
    /// Whether it runs as root, whose processes the kernel does not count.
    let isRoot: Bool
    /// Our ends of its outputs.
    let output: Int32
    let errorOutput: Int32

    /// Starts the program.
    ///
    /// - Throws: ``SystemError`` when it does not start; then nothing has happened.
    init(_ order: Order, spool: String, _ system: GNU) throws {
        guard let program = order.argv.first, program.hasPrefix("/") else {
            throw SystemError(what: "the program must be an absolute path", code: EINVAL)
        }
        var account = try order.user.map(Account.init)
        var environment = order.environment
        if let user = account {
            for (name, value) in ["HOME": user.home, "USER": user.name, "LOGNAME": user.name]
            where environment[name] == nil {
                environment[name] = value
            }
            if try !user.needsSwitch() { account = nil }
        }
        let input = try Self.inputFile(order.input, spool: spool)
        defer { close(input) }
        let (outputRead, outputWrite) = try Pipe.makePolled()
        defer { close(outputWrite) }
        let (errorRead, errorWrite) = try Pipe.makePolled()
        defer { close(errorWrite) }
        if let account {
            // Or the program could not open its own /dev/stdin, /dev/stdout and /dev/stderr. Nothing depends on it.
            // Without an input the program reads /dev/null, which stays whose it is.
            let own = (order.input == nil ? [] : [input]) + [outputWrite, errorWrite]
            for file in own { _ = fchown(file, account.user, account.group) }
        }
        let launch = Launch(
            program: program, argv: order.argv, environment: environment.map { "\($0.key)=\($0.value)" }.sorted(),
            directory: order.directory, bounds: Bounds(order.limits), account: account, system: system)
        do {
            try Self.check(order.program, at: program)
            pid = try launch.start(input: input, output: outputWrite, errorOutput: errorWrite)
        } catch {
            close(outputRead)
            close(errorRead)
            throw error
        }
        isRoot = (account?.user ?? geteuid()) == 0
        output = outputRead
        errorOutput = errorRead
    }

    /// Checks that the path still leads to the file that the engine looked at, down to its last change.
    ///
    /// Between this and the start are microseconds, in which only root and the engine's user could put another file
    /// there: the engine has checked that nobody else may change the file or any directory on the way to it. Starting the
    /// opened file (fexecve) would close that gap, too, but then programs are called by the number of the file in process
    /// lists, so that nobody finds what they leave running, and scripts would need the file open.
    private static func check(_ program: Order.Program, at path: String) throws {
        var status = stat()
        guard stat(path, &status) == 0 else { throw SystemError(what: "looking at \(path)", code: errno) }
        let found = Order.Program(
            device: UInt64(status.st_dev), inode: UInt64(status.st_ino),
            changedSeconds: Int64(status.st_ctim.tv_sec), changedNanoseconds: Int64(status.st_ctim.tv_nsec))
        guard found == program else {
            throw SystemError(what: "\(path) was changed while it was about to be started", code: ESTALE)
        }
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
}
