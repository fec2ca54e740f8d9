package import AuspexEngine
import AuspexSignals
import AuspexStore
import AuspexWire
package import Logging
import ServiceLifecycle

/// Follows log files as they grow, are rotated, cut off and removed.
///
/// Files are looked at every so often; there is no other way that works on every file system. How far each has been read is
/// stored in one transaction with the records, so that kill -9 neither loses nor doubles a line. Only parts of a
/// container's long line that have not been joined yet are read again, and with them what its other stream wrote meanwhile.
package actor LogFiles: Service {
    /// Followed files have a descriptor open each.
    package static let mostFiles = 1_024
    /// Records are stored when so many bytes have been read, or so many records.
    private static let batchBytes = 1 << 20
    private static let batchRecords = 10_000

    let engine: Engine
    private let configuration: EngineConfiguration.Logs
    private let logger: Logger
    private let limits = LogLimits()
    /// By what they are, in the order of their paths when they are looked at.
    var files: [FileIdentity: FollowedFile] = [:]
    /// Marks of files that are not followed, by the marks' names: what is not there now may come back.
    var lost: [String: FileMark] = [:]
    /// Whether files have been looked for since the start.
    var hasLooked = false
    /// Paths that could not be read, so that each is told of once.
    private var failures: Set<String> = []
    /// Marks as they are stored; nil before they have been read.
    var stored: [String: String]?
    /// What is not stored yet.
    private var waiting = Waiting()

    private struct Waiting {
        var logs: [LogRecord] = []
        var marks = SourceMarks()
    }

    /// Follows the files that the engine's configuration names.
    package init(engine: Engine, logger: Logger) {
        self.engine = engine
        self.logger = logger
        configuration = engine.configuration.logs
    }

    /// Follows until the service group shuts down. What has been read and not stored is read again after the next start.
    package func run() async throws {
        do {
            try await cancelWhenGracefulShutdown {
                while !Task.isCancelled {
                    await self.poll()
                    try await Task.sleep(for: .milliseconds(self.configuration.pollEvery.milliseconds))
                }
            }
        } catch is CancellationError {}
    }

    /// Looks for files, and reads all of them to their ends, or until the backlog is full, or until it is time to look for
    /// files again.
    package func poll() async {
        do {
            if stored == nil { try await begin() }
            guard try await store() else { return }
            discover()
            let begin = engine.clock.now()
            let time = begin..<begin + configuration.pollEvery
            // A clock that is set back ends the look, too.
            while try await readOnce(), time.contains(engine.clock.now()) {}
        } catch is CancellationError {
        } catch {
            logger.error("log files could not be read", metadata: ["reason": "\(error)"])
        }
        engine.metrics.set(.logFiles, to: Double(files.count))
    }

    // MARK: Finding files

    /// Reads how far files were read before the last end.
    private func begin() async throws {
        let marks = try await engine.marks()
        stored = marks
        for (name, text) in marks where name.hasPrefix(FileMark.prefix) {
            if let mark = FileMark(text) { lost[name] = mark } else { remove(name) }
        }
    }

    func entry(for path: String) -> EngineConfiguration.Files? {
        configuration.files.first { entry in
            entry.paths.contains { $0 == path || FileOnDisk.matches(path, pattern: $0) }
        }
    }

    private func discover() {
        var present: Set<FileIdentity> = []
        let now = engine.clock.now()
        for entry in configuration.files {
            for pattern in entry.paths {
                let isNew = stored?[FileMark.patternPrefix + pattern] == nil
                for path in FileOnDisk.paths(matching: pattern) {
                    guard let identity = FileOnDisk.identity(ofPath: path), present.insert(identity).inserted else {
                        continue
                    }
                    if files[identity] == nil {
                        // What is there when a pattern is looked for the first time is old, what comes later is new.
                        follow(path, entry, fromEnd: isNew && !entry.readsExisting, now)
                    } else {
                        files[identity]?.path = path
                    }
                }
                if isNew { change(FileMark.patternPrefix + pattern, to: "seen") }
            }
        }
        findLost(now)
        for identity in files.keys { files[identity]?.isAway = !present.contains(identity) }
    }

    private func follow(_ path: String, _ entry: EngineConfiguration.Files, fromEnd: Bool, _ now: Timestamp) {
        do throws(FileOnDisk.Unreadable) {
            guard files.count < Self.mostFiles else {
                throw .init(reason: "\(Self.mostFiles) files are followed already")
            }
            let file = try FileOnDisk(path: path)
            try takeUp(file, path, entry, try lostMark(of: file, at: path), fromEnd: fromEnd, now)
            failures.remove(path)
        } catch {
            // Told of once, not at every look.
            guard failures.count < Self.mostFiles, failures.insert(path).inserted else { return }
            skip(path, error.reason)
        }
    }

    /// Goes on with a file from its mark, or begins with it.
    func takeUp(
        _ file: FileOnDisk, _ path: String, _ entry: EngineConfiguration.Files, _ mark: FileMark?,
        fromEnd: Bool = false, _ now: Timestamp
    ) throws(FileOnDisk.Unreadable) {
        let position = if let mark { mark.position } else { fromEnd ? try file.size() : 0 }
        let followed = try FollowedFile(
            file, path: path, entry: entry, position: position, now: now, limits: limits)
        files[file.identity] = followed
        if let mark { forget(FileMark.name(mark.identity)) }
        // A mark of another file that had its number is overwritten.
        let name = FileMark.name(file.identity)
        lost[name] = nil
        if let text = try? followed.mark.text { change(name, to: text) }
    }

    private func skip(_ path: String, _ reason: String) {
        engine.metrics.add(to: .logFilesSkipped)
        warn(path, reason)
    }

    private func warn(_ path: String, _ reason: String) {
        logger.warning("a log file is not read", metadata: ["path": "\(path)", "reason": "\(reason)"])
    }

    // MARK: Reading files

    /// Reads a part of every file, and stores what that brings.
    ///
    /// - Returns: whether a file had more than one part, so that it is worth to look again at once.
    private func readOnce() async throws -> Bool {
        var bytes = 0
        var isMore = false
        for identity in files.keys.sorted(by: { files[$0]?.path ?? "" < files[$1]?.path ?? "" }) {
            guard var file = files[identity] else { continue }
            let now = engine.clock.now()
            let look = file.look(now: now)
            files[identity] = file
            count(look, file)
            waiting.logs += engine.dated(look.logs.records)
            let name = FileMark.name(identity)
            if file.isDone(now: now) {
                files[identity] = nil
                remove(name)
            } else if file.isLost(now: now) {
                files[identity] = nil
                lose(file.mark, now)
            } else if let text = try? file.mark.text, stored?[name] != text {
                change(name, to: text)
            }
            bytes += look.bytes
            if look.bytes >= FollowedFile.partBytes { isMore = true }
            if bytes >= Self.batchBytes || waiting.logs.count >= Self.batchRecords {
                guard try await store() else { return false }
                bytes = 0
            }
        }
        guard try await store() else { return false }
        return isMore && !Task.isCancelled
    }

    private func count(_ look: FollowedFile.Look, _ file: FollowedFile) {
        engine.metrics.count(look.logs)
        engine.metrics.add(look.bytes, to: .logFileBytes)
        engine.metrics.add(look.zeros, to: .logFileZeros)
        if look.isTruncated { engine.metrics.add(to: .logFilesTruncated) }
        if look.isSkipped { skip(file.path, "it does not look like text") }
        guard let failure = look.failure else {
            if !failures.isEmpty { failures.remove(file.path) }
            return
        }
        engine.metrics.add(to: .logFilesSkipped)
        guard failures.count < Self.mostFiles, failures.insert(file.path).inserted else { return }
        warn(file.path, failure)
    }

    // MARK: Storing

    func change(_ name: String, to text: String) {
        waiting.marks.changed[name] = text
        waiting.marks.removed.remove(name)
        stored?[name] = text
    }

    func remove(_ name: String) {
        waiting.marks.changed[name] = nil
        waiting.marks.removed.insert(name)
        stored?[name] = nil
    }

    /// Stores what waits.
    ///
    /// - Returns: whether it is stored; else the same is tried again at the next look, and nothing more is read meanwhile.
    private func store() async throws -> Bool {
        guard !waiting.logs.isEmpty || !waiting.marks.isEmpty else { return true }
        do {
            try await engine.ingest(SignalBatch(logs: waiting.logs), marks: waiting.marks)
            waiting = Waiting()
            return true
        } catch EngineError.backlogFull {
            return false
        }
    }
}
