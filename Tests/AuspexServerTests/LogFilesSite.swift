import AuspexEngine
import AuspexSignals
import AuspexStore
import AuspexTesting
import Foundation
import Logging
import Synchronization

@testable import AuspexServer

/// A clock that a test moves.
final class MovedClock: WallClock {
    private let time = Mutex(Timestamp(milliseconds: 1_790_000_000_000))

    /// What happens in the world whenever somebody asks for the time.
    private let event = Mutex<(@Sendable (MovedClock) -> Void)?>(nil)

    func now() -> Timestamp {
        event.withLock { $0 }?(self)
        return time.withLock { $0 }
    }

    func atEachLook(_ body: (@Sendable (MovedClock) -> Void)?) { event.withLock { $0 = body } }

    func advance(_ span: TimeSpan) { time.withLock { $0 = $0 + span } }
}

/// A directory of log files, an engine's data beside it, and engines that follow the files one after another.
final class LogFilesSite {
    let logs: TemporaryDirectory
    let clock = MovedClock()
    private let data: TemporaryDirectory
    private var engine: Engine?
    private var files: LogFiles?
    var configure: (inout EngineConfiguration) -> Void

    init(pattern: String = "*.log", _ configure: @escaping (inout EngineConfiguration) -> Void = { _ in }) throws {
        let logs = try TemporaryDirectory()
        self.logs = logs
        data = try TemporaryDirectory()
        self.configure = { configuration in
            var entry = EngineConfiguration.Files(paths: ["\(logs.path)/\(pattern)"])
            entry.readsExisting = true
            configuration.logs.files = [entry]
            configure(&configuration)
        }
    }

    var metrics: EngineMetrics {
        get async throws { try await started().0.metrics }
    }

    private func started() async throws -> (Engine, LogFiles) {
        if let engine, let files { return (engine, files) }
        var configuration = EngineConfiguration()
        configuration.dataDirectory = data.path
        configuration.actions.helper = "/bin/true"
        configure(&configuration)
        var logger = Logger(label: "test")
        logger.logLevel = .critical
        let engine = try await Engine(configuration: configuration, clock: clock, logger: logger)
        let files = LogFiles(engine: engine, logger: logger)
        (self.engine, self.files) = (engine, files)
        return (engine, files)
    }

    /// Looks at the files once.
    func poll() async throws {
        let files = try await started().1
        await files.poll()
    }

    /// Ends the engine without any farewell, as kill -9 does.
    func kill() { (engine, files) = (nil, nil) }

    /// All records that were ever stored, oldest first. Ends the engine.
    func records() async throws -> [LogRecord] {
        kill()
        let store = try Store(directory: data.path, clock: clock)
        let entries = try await SignalLog(store: store, clock: clock).read(after: 0, limit: .max, bytes: .max)
        try store.close()
        return try entries.flatMap { entry -> [LogRecord] in
            guard case .signals(let batch) = try BusMessage(bytes: entry.payload) else { return [] }
            return batch.logs
        }
    }

    /// Changes what is kept of how far files were read. Ends the engine.
    func changeMarks(_ change: (inout FileMark) -> Void) async throws {
        kill()
        let store = try Store(directory: data.path, clock: clock)
        let marks = SourceMarkStore(store: store)
        var new = SourceMarks()
        for (name, text) in try await marks.all() {
            guard var mark = FileMark(text) else { continue }
            change(&mark)
            new.removed.insert(name)
            new.changed[FileMark.name(mark.identity)] = try mark.text
        }
        new.removed.subtract(new.changed.keys)
        try await marks.save(new)
        try store.close()
    }

    var bodies: [String] {
        get async throws { try await records().map(\.body) }
    }

    // MARK: What writers do

    func path(_ name: String) -> String { "\(logs.path)/\(name)" }

    func append(_ text: String, to name: String = "app.log") throws { try append(Array(text.utf8), to: name) }

    func append(_ bytes: [UInt8], to name: String) throws {
        if !FileManager.default.fileExists(atPath: path(name)) {
            _ = FileManager.default.createFile(atPath: path(name), contents: nil)
        }
        let handle = try FileHandle(forWritingTo: URL(filePath: path(name)))
        try handle.seekToEnd()
        try handle.write(contentsOf: Data(bytes))
        try handle.close()
    }

    func truncate(_ name: String = "app.log", to size: UInt64 = 0) throws {
        let handle = try FileHandle(forWritingTo: URL(filePath: path(name)))
        try handle.truncate(atOffset: size)
        try handle.close()
    }

    func rename(_ name: String, to other: String) throws {
        try? FileManager.default.removeItem(atPath: path(other))
        try FileManager.default.moveItem(atPath: path(name), toPath: path(other))
    }

    func remove(_ name: String) throws { try FileManager.default.removeItem(atPath: path(name)) }
}
