import AuspexRunbooks
import AuspexSignals
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The directory in which the helper and engines, also later ones, tell each other what became of one operation.
struct SpoolDirectory {
    let path: String

    /// The directory of an operation that changes something: always the same, so that a later engine finds it.
    ///
    /// - Throws: ``SpoolError`` when the run's id cannot be part of a path.
    init(of id: OperationID, in root: String) throws(SpoolError) {
        path = try Self.run(id.run, in: root) + "/" + Self.name(id)
    }

    private init(path: String) {
        self.path = path
    }

    /// A new directory for an operation that only reads, whose result nobody looks for later.
    static func passing(_ id: OperationID, in root: String) throws(SpoolError) -> SpoolDirectory {
        let base = try run(id.run, in: root) + "/" + name(id)
        // A poll that a restart repeats has the same id as the one before it, whose helper may still be at work.
        for number in 0...Self.mostRepetitions {
            let directory = SpoolDirectory(path: number == 0 ? base : "\(base)+\(number)")
            if try directory.create() { return directory }
        }
        throw SpoolError(reason: "\(base) has been used \(Self.mostRepetitions) times; remove what is left of it")
    }

    /// More repetitions of one read than the restarts that a run survives.
    private static let mostRepetitions = 100

    /// The directory of an operation that an engine has made; of several by the same name the last. Nil for none.
    static func existing(_ id: OperationID, in root: String) -> SpoolDirectory? {
        guard let run = try? run(id.run, in: root) else { return nil }
        let base = run + "/" + name(id)
        return (0...mostRepetitions).reversed().map { $0 == 0 ? base : "\(base)+\($0)" }
            .first { access($0, F_OK) == 0 }.map(SpoolDirectory.init)
    }

    /// The number of the newest repetition of an act that has a directory; 0 for none. Those before it that only read are
    /// gone.
    static func newestRepetition(of id: OperationID, in root: String) -> Int {
        guard let run = try? run(id.run, in: root) else { return 0 }
        let prefix = name(id) + "-"
        let names = (try? FileManager.default.contentsOfDirectory(atPath: run)) ?? []
        let numbers = names.filter { $0.hasPrefix(prefix) }.compactMap { name in
            Int(name.dropFirst(prefix.count).prefix { $0 != "+" })
        }
        return numbers.max() ?? 0
    }

    private static func run(_ run: String, in root: String) throws(SpoolError) -> String {
        let isName = run.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || byte == UInt8(ascii: "-")
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        guard isName, !run.isEmpty else { throw SpoolError(reason: "the run's id '\(run)' cannot name a directory") }
        return root + "/" + run
    }

    private static let longestPath = 200

    /// A name that no other operation of the run has.
    private static func name(_ id: OperationID) -> String {
        let path =
            isPlain(id.path)
            ? id.path.replacing("/", with: "_") : RunState.idempotencyKey(run: id.run, path: id.path)
        return "\(path)-\(id.attempt)" + (id.poll > 0 ? "-\(id.poll)" : "")
    }

    /// Whether a path can be read from the name that is made of it: it has no `_`, which stands for `/`, and does not end as
    /// the number of an attempt does. Steps inside of others have long paths; a file's name has at most 255 bytes.
    private static func isPlain(_ path: String) -> Bool {
        guard path.utf8.count <= longestPath, path.contains("/") else { return false }
        let isReadable = path.utf8.allSatisfy { byte in
            (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || "-./".utf8.contains(byte)
                || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
        }
        let end = path.utf8.reversed().drop { (UInt8(ascii: "0")...UInt8(ascii: "9")).contains($0) }
        return isReadable && (end.count == path.utf8.count || end.first != UInt8(ascii: "-"))
    }

    // MARK: - Seals

    /// The file beside the operation's directory that tells which secrets it was given. It stays when the directory goes.
    static func sealPath(of id: OperationID, in root: String) throws(SpoolError) -> String {
        try run(id.run, in: root) + "/" + name(id) + ".seal"
    }

    /// Removes the seal of an operation of which nobody looks for the result later.
    static func removeSeal(of id: OperationID, in root: String) {
        if let path = try? sealPath(of: id, in: root) { unlink(path) }
    }

    /// Writes the seal of an operation, readable only for this user.
    static func writeSeal(_ seal: Data, of id: OperationID, in root: String) throws(SpoolError) {
        let path = try sealPath(of: id, in: root)
        try makeParents(of: path)
        let draft = path + ".new"
        let file = open(draft, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SpoolError(reason: "writing \(draft): \(String(cString: strerror(errno)))") }
        let isWritten = (try? FileHandle(fileDescriptor: file).write(contentsOf: seal)) != nil && fsync(file) == 0
        close(file)
        guard isWritten, rename(draft, path) == 0 else {
            throw SpoolError(reason: "writing \(path): \(String(cString: strerror(errno)))")
        }
        try sync(URL(filePath: path).deletingLastPathComponent().path)
    }

    /// Makes the directory of the run, and that of all runs, in which a path lies.
    private static func makeParents(of path: String) throws(SpoolError) {
        let run = URL(filePath: path).deletingLastPathComponent().path
        let root = URL(filePath: run).deletingLastPathComponent().path
        for directory in [root, run] {
            if mkdir(directory, 0o700) == 0 {
                try sync(URL(filePath: directory).deletingLastPathComponent().path)
            } else if errno != EEXIST {
                throw SpoolError(reason: "making \(directory): \(String(cString: strerror(errno)))")
            }
        }
    }

    /// Makes the directory, and makes it last.
    ///
    /// - Returns: Whether it is new.
    func create() throws(SpoolError) -> Bool {
        try Self.makeParents(of: path)
        let run = URL(filePath: path).deletingLastPathComponent().path
        guard mkdir(path, 0o700) == 0 else {
            if errno == EEXIST { return false }
            throw SpoolError(reason: "making \(path): \(String(cString: strerror(errno)))")
        }
        try Self.sync(run)
        return true
    }

    /// Writes the order, readable only for this user.
    func write(_ order: ExecOrder) throws {
        let file = open(path + "/order.json", O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard file >= 0 else { throw SpoolError(reason: "writing the order: \(String(cString: strerror(errno)))") }
        let handle = FileHandle(fileDescriptor: file, closeOnDealloc: true)
        try handle.write(contentsOf: try JSONEncoder().encode(order))
    }

    /// Removes the order, which may hold secrets.
    func removeOrder() { unlink(path + "/order.json") }

    /// How the command went; nil as long as it is not over.
    var status: ExecStatus? { read("status.json") }

    /// Who took the operation; nil when nobody has.
    var claim: ExecClaim? { read("claim") }

    /// The first `limit` bytes that the command has printed so far to the output with this name.
    func printed(_ name: String, limit: Int) -> [UInt8] {
        guard let file = FileHandle(forReadingAtPath: path + "/" + name) else { return [] }
        defer { try? file.close() }
        return ((try? file.read(upToCount: limit)) ?? nil).map(Array.init) ?? []
    }

    private func read<Value: Decodable>(_ name: String) -> Value? {
        guard let data = FileManager.default.contents(atPath: path + "/" + name) else { return nil }
        return try? JSONDecoder().decode(Value.self, from: data)
    }

    /// Takes the operation so that no helper can begin it any more, unless one has taken it.
    ///
    /// - Returns: Whether nothing was and will be begun.
    func revoke() throws(SpoolError) -> Bool {
        _ = try create()
        let draft = path + "/claim.revoked"
        let text = #"{"isRevoked":true}"#
        guard FileManager.default.createFile(atPath: draft, contents: Data(text.utf8)) else {
            throw SpoolError(reason: "writing \(draft): \(String(cString: strerror(errno)))")
        }
        defer { unlink(draft) }
        guard link(draft, path + "/claim") == 0 else {
            if errno == EEXIST { return claim?.isRevoked ?? false }
            throw SpoolError(reason: "claiming \(path): \(String(cString: strerror(errno)))")
        }
        try Self.sync(path)
        return true
    }

    /// Asks a helper to which there is no pipe to end its command.
    func requestStop() {
        _ = FileManager.default.createFile(atPath: path + "/stop", contents: nil)
    }

    /// Removes the orders that an earlier engine did not come to remove, all but this engine's own. A helper that has not
    /// read its own yet starts nothing.
    static func removeOrders(in root: String, but own: OrdersAtWork) {
        let files = FileManager.default
        for run in (try? files.contentsOfDirectory(atPath: root)) ?? [] {
            for name in (try? files.contentsOfDirectory(atPath: root + "/" + run)) ?? [] {
                let spool = SpoolDirectory(path: "\(root)/\(run)/\(name)")
                own.unlessAtWork(spool.path) { spool.removeOrder() }
            }
        }
    }

    /// Removes the directory with all that is in it.
    func remove() { try? FileManager.default.removeItem(atPath: path) }

    /// Removes the directories of all runs but those in `open` and those that were changed at `time` or after.
    static func removeRuns(in root: String, keeping open: Set<String>, before time: Timestamp) {
        for name in (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? [] where !open.contains(name) {
            var status = stat()
            guard lstat(root + "/" + name, &status) == 0, status.st_mode & S_IFMT == S_IFDIR else { continue }
            guard Int64(status.st_mtim.tv_sec) * 1_000 < time.milliseconds else { continue }
            SpoolDirectory(path: root + "/" + name).remove()
        }
    }

    private static func sync(_ directory: String) throws(SpoolError) {
        let file = open(directory, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard file >= 0 else { throw SpoolError(reason: "opening \(directory): \(String(cString: strerror(errno)))") }
        defer { close(file) }
        guard fsync(file) == 0 else {
            throw SpoolError(reason: "writing \(directory) to disk: \(String(cString: strerror(errno)))")
        }
    }
}

/// Why a spool directory cannot be used.
struct SpoolError: Error, Hashable, CustomStringConvertible {
    var reason: String

    var description: String { "spool: \(reason)" }
}
