import Foundation
import Subprocess
import Synchronization
import SystemPackage

/// A program that runs beside the test, its output in a file, until it is stopped or the object goes away.
///
/// A class because the process must be ended exactly once.
final class Daemon: Sendable {
    let name: String
    let logPath: String
    private let process = RunningProcess()
    private let running: Task<Void, Never>

    init(
        _ name: String, _ program: String, _ arguments: [String], in directory: String,
        environment: [String: String] = [:]
    ) async throws {
        self.name = name
        logPath = directory + "/" + name + ".log"
        let log = try FileDescriptor.open(
            logPath, .writeOnly, options: [.create, .append, .closeOnExec], permissions: .ownerReadWrite)
        let (started, continuation) = AsyncThrowingStream.makeStream(of: Void.self)
        let variables = environment.reduce(into: [Environment.Key: String?]()) { variables, variable in
            variables[Environment.Key(stringLiteral: variable.key)] = variable.value
        }
        let process = process
        running = Task {
            do {
                _ = try await Subprocess.run(
                    .path(FilePath(program)), arguments: Arguments(arguments),
                    environment: .inherit.updating(variables), workingDirectory: FilePath(directory), input: .none,
                    output: .fileDescriptor(log, closeAfterSpawningProcess: false),
                    error: .fileDescriptor(log, closeAfterSpawningProcess: false)
                ) { execution in
                    process.begin(pid_t(execution.processIdentifier.value))
                    continuation.yield()
                }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
            // From here on the number may be another's.
            process.end()
            try? log.close()
        }
        for try await _ in started { break }
    }

    deinit {
        signal(SIGKILL)
    }

    /// Sends a signal to the process.
    func signal(_ number: Int32) {
        process.signal(number)
    }

    /// Sends a signal and waits for the process to end.
    func stop(_ number: Int32 = SIGTERM) async {
        signal(number)
        await running.value
    }

    /// Waits for a program that ends by itself.
    func finished() async {
        await running.value
    }

    /// What it has written so far.
    var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }
}

/// The number of a process while it runs.
///
/// A class because whoever waits for the process and whoever signals it share it.
private final class RunningProcess: Sendable {
    private let pid = Mutex<pid_t?>(nil)

    func begin(_ number: pid_t) { pid.withLock { $0 = number } }

    func end() { pid.withLock { $0 = nil } }

    func signal(_ number: Int32) {
        pid.withLock { pid in
            if let pid { kill(pid, number) }
        }
    }
}
