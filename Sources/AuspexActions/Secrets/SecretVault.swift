package import AuspexRunbooks
import AuspexSignals

/// Reads secrets where the configuration says they are, each time anew: one that was changed is new with the next step, and
/// with the next attempt. What it gave out it remembers, only to mask it.
package struct SecretVault: Sendable {
    /// The bytes that a secret may have: enough to be masked, and no more than a chain of certificates with its key.
    static let sizes = SecretMask.shortest...16_384

    private let sources: [String: SecretSource]
    private let environment: [String: String]
    private let memory = SecretMemory()
    private let now: @Sendable () -> ContinuousClock.Instant

    /// Creates a vault.
    ///
    /// - Parameters:
    ///   - sources: Where the secrets are, by their names.
    ///   - environment: The engine's environment.
    package init(_ sources: [String: SecretSource], environment: [String: String]) {
        self.init(sources, environment: environment) { ContinuousClock.now }
    }

    init(
        _ sources: [String: SecretSource], environment: [String: String],
        now: @escaping @Sendable () -> ContinuousClock.Instant
    ) {
        self.sources = sources
        self.environment = environment
        self.now = now
    }

    /// The values of these secrets.
    ///
    /// - Parameter limit: The longest that all of them together may take to be read.
    /// - Throws: ``SecretError`` for the first that cannot be used.
    func values(of names: [String], within limit: TimeSpan) async throws(SecretError) -> [String: String] {
        let values = try await read(names, within: limit)
        for (name, value) in values { memory.note(value, of: name) }
        return values
    }

    /// The values of these secrets, for nobody outside.
    private func read(_ names: [String], within limit: TimeSpan) async throws(SecretError) -> [String: String] {
        let end = now() + .milliseconds(limit.milliseconds)
        var values: [String: String] = [:]
        for name in names {
            let left = TimeSpan(now().duration(to: end))
            guard left > .zero else {
                throw .unreadable(name, reason: "the time of \(limit) for reading secrets is over")
            }
            values[name] = try await value(of: name, within: left)
        }
        return values
    }

    /// All that these secrets are, and all that they were when they were given out.
    func known(of names: [String]) -> [String] { memory.known(of: names).values.flatMap(\.self) }

    /// All that the secrets of a run, besides those of these names, were when they were given out. Those that an earlier
    /// engine gave out, so that nobody remembers them, are read, once.
    ///
    /// - Throws: ``SecretError`` when one of the latter cannot be read.
    func known(of run: RunSecrets?, besides names: [String]) async throws(SecretError) -> [String] {
        guard let run else { return [] }
        let known = memory.known(of: run.given)
        let forgotten = run.given.filter { known[$0] == nil && !names.contains($0) }
        _ = try await values(of: forgotten, within: SecretSource.defaultTimeout)
        return self.known(of: run.planned.filter { !names.contains($0) })
    }

    /// Reads those of the secrets again that are in files, which costs little: an operation may have changed them.
    func look(at names: [String]) async {
        let files = names.filter { if case .file? = sources[$0] { true } else { false } }
        // What cannot be read any more cannot be given to anybody either.
        for name in files { _ = try? await values(of: [name], within: SecretSource.defaultTimeout) }
    }

    /// What hides all that an operation's output must not show: the secrets that it is given, and was, and those that the
    /// other steps of its run were given.
    ///
    /// - Parameters:
    ///   - run: The secrets of its run; nil for none.
    ///   - id: The operation.
    ///   - spool: The directory in which a command's seal is looked for; nil for none.
    /// - Throws: ``SecretError`` when a value cannot be read, or is not the one that the command was given and that nobody
    ///   knows any more, so that nobody knows what to look for.
    package func mask(
        of operation: Operation, in run: RunSecrets? = nil, id: OperationID, spool: String?
    ) async throws(SecretError) -> SecretMask {
        let names = operation.secrets
        // Whoever only looks is given nothing, and must not crowd out what was given.
        let values = try await read(names, within: SecretSource.defaultTimeout)
        let current = values.mapValues { [$0] }
        let known = memory.known(of: names).merging(current) { $0 + $1 }
        if !names.isEmpty, let spool, let seal = SecretSeal(of: id, in: spool) {
            guard seal.isCovered(by: known, of: id) else { throw .changed(names) }
            // An earlier engine gave these, and they may be changed before the next look.
            if seal.isCovered(by: current, of: id) {
                for (name, value) in values { memory.note(value, of: name) }
            }
        }
        return SecretMask(try await known.values.flatMap(\.self) + self.known(of: run, besides: names))
    }

    private func value(of name: String, within limit: TimeSpan) async throws(SecretError) -> String {
        guard let source = sources[name] else { throw .unknown(name, known: sources.keys.sorted()) }
        var bytes: [UInt8]
        do {
            bytes =
                switch source {
                case .file(let path): try SecretFile.bytes(of: path, most: Self.sizes.upperBound + Self.lineEnd.count)
                case .variable(let variable): try self.bytes(ofVariable: variable)
                case .command(let argv, let timeout):
                    try await SecretCommand(argv: argv, timeout: min(timeout, limit))
                        .output(most: Self.sizes.upperBound + Self.lineEnd.count)
                }
        } catch {
            throw .unreadable(name, reason: error.reason)
        }
        // Editors and programs end what they write with one; two are meant.
        if bytes.last == Self.lineEnd.last { bytes.removeLast(bytes.suffix(2).elementsEqual(Self.lineEnd) ? 2 : 1) }
        guard bytes.count >= Self.sizes.lowerBound else { throw .tooShort(name) }
        guard bytes.count <= Self.sizes.upperBound else { throw .tooLong(name) }
        guard let text = String(validating: bytes, as: UTF8.self), !bytes.contains(0) else { throw .notText(name) }
        return text
    }

    private static let lineEnd: [UInt8] = [UInt8(ascii: "\r"), UInt8(ascii: "\n")]

    private func bytes(ofVariable name: String) throws(UnreadableSecret) -> [UInt8] {
        guard let value = environment[name] else {
            throw UnreadableSecret(reason: "the engine's environment has no variable \(name)")
        }
        return Array(value.utf8)
    }
}

/// Why a place does not give a secret.
struct UnreadableSecret: Error, Hashable {
    var reason: String
}
