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
    private let pid: Mutex<pid_t?>
    private let running: Task<Void, Never>

    init(
        _ name: String, _ program: String, _ arguments: [String], in directory: String,
        environment: [String: String] = [:]
    ) async throws {
        self.name = name
        logPath = directory + "/" + name + ".log"
        let log = try FileDescriptor.open(
            logPath, .writeOnly, options: [.create, .append, .closeOnExec], permissions: .ownerReadWrite)
        let (started, continuation) = AsyncThrowingStream.makeStream(of: pid_t.self)
        let variables = environment.reduce(into: [Environment.Key: String?]()) { variables, variable in
            variables[Environment.Key(stringLiteral: variable.key)] = variable.value
        }
        running = Task {
            do {
                _ = try await Subprocess.run(
                    .path(FilePath(program)), arguments: Arguments(arguments),
                    environment: .inherit.updating(variables), workingDirectory: FilePath(directory), input: .none,
                    output: .fileDescriptor(log, closeAfterSpawningProcess: false),
                    error: .fileDescriptor(log, closeAfterSpawningProcess: false)
                ) { execution in
                    continuation.yield(pid_t(execution.processIdentifier.value))
                }
                continuation.finish()
            } catch {
                continuation.finish(throwing: error)
            }
            try? log.close()
        }
        pid = Mutex(try await started.first { _ in true })
    }

    deinit {
        signal(SIGKILL)
    }

    /// Sends a signal to the process.
    func signal(_ number: Int32) {
        if let pid = pid.withLock({ $0 }) { kill(pid, number) }
    }

    /// Sends a signal and waits for the process to end.
    func stop(_ number: Int32 = SIGTERM) async {
        signal(number)
        await running.value
        pid.withLock { $0 = nil }
    }

    /// Waits for a program that ends by itself.
    func finished() async {
        await running.value
        pid.withLock { $0 = nil }
    }

    /// What it has written so far.
    var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }
}
