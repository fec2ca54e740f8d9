import Foundation
import Glibc

/// A program that was started in a process group of its own, with a file as its input and pipes for its outputs.
///
/// By hand and not through swift-subprocess, because detectors are synchronous: waiting for an asynchronous library on a
/// thread of the cooperative pool could wait for ever, for a thread of that pool.
struct ChildProcess {
    /// How long is waited before each try to start a program whose file is busy, in microseconds.
    private static let pauses: [UInt32] = [0, 1_000, 4_000, 16_000, 64_000]

    /// Its process id, which is also its group's.
    let pid: pid_t
    /// Our ends of its outputs; reading them never blocks.
    let output: Int32
    let errorOutput: Int32

    /// Starts the program `argv[0]`, looked for in PATH when its name has no slash. It gets our environment and nothing
    /// else of ours.
    init(_ argv: [String], input: Int32) throws(ProgramFailure) {
        let program = argv.first ?? ""
        let (outputRead, outputWrite) = try Self.pipe(program)
        defer { close(outputWrite) }
        let errors: (read: Int32, write: Int32)
        do throws(ProgramFailure) {
            errors = try Self.pipe(program)
        } catch {
            close(outputRead)
            throw error
        }
        defer { close(errors.write) }

        var actions = posix_spawn_file_actions_t()
        posix_spawn_file_actions_init(&actions)
        defer { posix_spawn_file_actions_destroy(&actions) }
        posix_spawn_file_actions_adddup2(&actions, input, STDIN_FILENO)
        posix_spawn_file_actions_adddup2(&actions, outputWrite, STDOUT_FILENO)
        posix_spawn_file_actions_adddup2(&actions, errors.write, STDERR_FILENO)

        var attributes = posix_spawnattr_t()
        posix_spawnattr_init(&attributes)
        defer { posix_spawnattr_destroy(&attributes) }
        var none = sigset_t()
        var all = sigset_t()
        sigemptyset(&none)
        sigfillset(&all)
        posix_spawnattr_setsigmask(&attributes, &none)
        posix_spawnattr_setsigdefault(&attributes, &all)
        posix_spawnattr_setpgroup(&attributes, 0)
        let flags = POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF | POSIX_SPAWN_SETPGROUP
        posix_spawnattr_setflags(&attributes, Int16(flags))

        var pid: pid_t = 0
        let environment = ProcessInfo.processInfo.environment.map { "\($0.key)=\($0.value)" }.sorted()
        // A program that was just written is busy for as long as a process that was forked meanwhile holds its file.
        var code = ETXTBSY
        for pause in Self.pauses where code == ETXTBSY {
            usleep(pause)
            code = Self.withCStrings(argv) { argv in
                Self.withCStrings(environment) { posix_spawnp(&pid, program, &actions, &attributes, argv, $0) }
            }
        }
        guard code == 0 else {
            close(outputRead)
            close(errors.read)
            throw .notStarted(program: program, reason: Self.reason(code))
        }
        self.pid = pid
        output = outputRead
        errorOutput = errors.read
    }

    /// Whether the program has ended; it still has to be waited for.
    var hasEnded: Bool {
        var info = siginfo_t()
        let code = waitid(P_PID, id_t(pid), &info, WEXITED | WNOHANG | WNOWAIT)
        return code == 0 && info.si_signo == SIGCHLD
    }

    /// Waits for the end and gives the status as wait(2) tells it.
    func wait() -> Int32 {
        var status: Int32 = 0
        while waitpid(pid, &status, 0) < 0, errno == EINTR {}
        return status
    }

    private static func reason(_ code: Int32) -> String {
        let hint =
            switch code {
            case ENOENT: "; give its path, and look whether the interpreter in its first line is there"
            case EACCES: "; allow it with chmod +x"
            case ENOEXEC: "; a script needs a first line such as #!/usr/bin/env python3"
            default: ""
            }
        return String(cString: strerror(code)) + hint
    }

    /// A pipe whose reading end never blocks us.
    private static func pipe(_ program: String) throws(ProgramFailure) -> (read: Int32, write: Int32) {
        var ends: [Int32] = [0, 0]
        guard Glibc.pipe(&ends) == 0 else {
            throw .notStarted(program: program, reason: "no pipe: " + String(cString: strerror(errno)))
        }
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
