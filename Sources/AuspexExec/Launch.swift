import Glibc

/// What happens between fork and exec: everything that the program is to have or not to have. All of it is prepared
/// before the fork; what is left are system calls.
struct Launch {
    /// The step at which a launch failed.
    enum Stage: UInt8 {
        case session = 1, files, limits, user, privileges, directory, program

        var words: String {
            switch self {
            case .session: "beginning a session"
            case .files: "setting up standard input and outputs"
            case .limits: "setting limits"
            case .user: "becoming the user"
            case .privileges: "giving up the way to more rights"
            case .directory: "entering the directory"
            case .program: "starting the program"
            }
        }
    }

    /// How a shell reports a program that cannot be run.
    private static let failed: Int32 = 127
    /// The first file that is not standard.
    private static let firstFile: UInt32 = 3

    let program: String
    let argv: [String]
    let environment: [String]
    let directory: String
    let bounds: Bounds
    /// The user to become; nil for staying who we are.
    let account: Account?
    let system: GNU

    /// Starts the program with these files as its standard ones.
    ///
    /// - Returns: Its process id, once it runs.
    /// - Throws: ``SystemError`` when it does not start; then nothing has happened.
    func start(input: Int32, output: Int32, errorOutput: Int32) throws -> pid_t {
        let (reader, writer) = try Pipe.make()
        defer { close(reader) }
        let pid = CStrings.with(argv) { argv in
            CStrings.with(environment) { environment in
                let pid = system.fork()
                guard pid == 0 else { return pid }
                let stage = become([input, output, errorOutput], argv, environment)
                // errno is still that of the call that failed.
                var report = [Int32(stage.rawValue), errno]
                _ = write(writer, &report, MemoryLayout<Int32>.stride * report.count)
                _exit(Self.failed)
            }
        }
        close(writer)
        guard pid > 0 else { throw SystemError(what: "forking", code: errno) }
        // The other end is closed when the program begins, or says what went wrong.
        var report: [Int32] = [0, 0]
        let size = MemoryLayout<Int32>.stride * report.count
        var count = read(reader, &report, size)
        while count < 0, errno == EINTR { count = read(reader, &report, size) }
        guard count == size, let stage = Stage(rawValue: UInt8(truncatingIfNeeded: report[0])) else { return pid }
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        let name: String? =
            switch stage {
            case .directory: directory
            case .program: program
            case .user: account?.name
            default: nil
            }
        throw SystemError(what: ([stage.words] + [name].compactMap(\.self)).joined(separator: " "), code: report[1])
    }

    /// Becomes the program. Returns only on failure.
    private func become(
        _ files: [Int32], _ argv: [UnsafeMutablePointer<CChar>?], _ environment: [UnsafeMutablePointer<CChar>?]
    ) -> Stage {
        guard setsid() >= 0 else { return .session }
        for (number, file) in files.enumerated() {
            guard dup2(file, Int32(number)) >= 0 else { return .files }
        }
        for number in 1..<SignalNumber.end { signal(number, SIG_DFL) }
        var none = sigset_t()
        sigemptyset(&none)
        sigprocmask(SIG_SETMASK, &none, nil)
        system.closeOnExec(from: Self.firstFile)
        for bound in bounds.all {
            var limit = bound.limit
            guard setrlimit(bound.resource, &limit) == 0 else { return .limits }
        }
        if let account {
            // In this order: who is not root any more can change neither.
            guard setgroups(account.groups.count, account.groups) == 0, setgid(account.group) == 0,
                setuid(account.user) == 0
            else { return .user }
        }
        guard system.denyNewPrivileges() else { return .privileges }
        guard chdir(directory) == 0 else { return .directory }
        execve(program, argv, environment)
        return .program
    }
}

/// The numbers of signals.
private enum SignalNumber {
    /// One more than the highest (SIGRTMAX).
    static let end: Int32 = 65
}
