import AuspexTesting
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
        var variables = environment.reduce(into: [Environment.Key: String?]()) { variables, variable in
            variables[Environment.Key(stringLiteral: variable.key)] = variable.value
        }
        // They are for the tests; the program would take them for its configuration.
        for name in [FaultScale.variable, FaultScale.seedVariable] {
            variables.updateValue(nil, forKey: Environment.Key(stringLiteral: name))
        }
        let (process, changed) = (process, variables)
        running = Task {
            do {
                let outcome = try await Subprocess.run(
                    .path(FilePath(program)), arguments: Arguments(arguments),
                    environment: .inherit.updating(changed), workingDirectory: FilePath(directory), input: .none,
                    output: .fileDescriptor(log, closeAfterSpawningProcess: false),
                    error: .fileDescriptor(log, closeAfterSpawningProcess: false)
                ) { execution in
                    process.begin(pid_t(execution.processIdentifier.value))
                    continuation.yield()
                }
                process.ended(with: outcome.terminationStatus)
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

    /// Whether it has not ended yet.
    var isRunning: Bool { process.isRunning }

    /// The status that it exited with; nil while it runs, and when a signal ended it.
    var exitCode: Int32? { process.exitCode }

    /// What it has written so far.
    var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }
}

/// The number of a process while it runs.
///
/// A class because whoever waits for the process and whoever signals it share it.
private final class RunningProcess: Sendable {
    private let pid = Mutex<pid_t?>(nil)
    private let status = Mutex<TerminationStatus?>(nil)

    var isRunning: Bool { pid.withLock { $0 != nil } }

    var exitCode: Int32? {
        guard case .exited(let code)? = status.withLock({ $0 }) else { return nil }
        return code
    }

    func ended(with status: TerminationStatus) { self.status.withLock { $0 = status } }

    func begin(_ number: pid_t) { pid.withLock { $0 = number } }

    func end() { pid.withLock { $0 = nil } }

    func signal(_ number: Int32) {
        pid.withLock { pid in
            if let pid { kill(pid, number) }
        }
    }
}
