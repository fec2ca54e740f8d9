import AuspexSignals
import Crypto
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// The bundles of evidence in an engine's data directory: `bundles/RUN/STEP/`, readable for its user only.
///
/// A bundle appears as a whole: it is written beside its place and moved there with its manifest in it. What a later
/// attempt of the same step collects takes the place of what an earlier one did.
package struct EvidenceBundles: Hashable, Sendable {
    /// Runs whose bundles are kept; the oldest go first.
    package static let mostRuns = 500
    /// How much longer than other files of runs bundles are kept.
    private static let keptLonger = TimeSpan.hours(83 * 24)
    /// Most bytes of a file of a bundle that are read: no bundle is larger.
    private static let mostBytes = 32 << 20

    /// Why a bundle cannot be written or read.
    package struct Problem: Error, Hashable, Sendable, CustomStringConvertible {
        package let description: String
    }

    /// A bundle and where it is.
    package struct Bundle: Hashable, Sendable {
        /// The name of its directory within that of its run.
        package var name: String
        /// What is in it.
        package var manifest: EvidenceManifest
    }

    /// A file for a bundle.
    struct File {
        var part: EvidenceManifest.Part
        var bytes: [UInt8]
    }

    /// The directory of all bundles.
    package let root: String

    /// The bundles of the engine with this data directory.
    package init(dataDirectory: String) {
        root = URL(filePath: dataDirectory).standardizedFileURL.path + "/bundles"
    }

    // MARK: - Reading

    /// The bundles of a run, in the order of their names. One whose manifest cannot be read is left out.
    package func bundles(of run: String) -> [Bundle] {
        guard let directory = try? self.directory(of: run) else { return [] }
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        return names.filter { !$0.hasPrefix(".") }.sorted().compactMap { name in
            (try? manifest(of: name, run: run)).map { Bundle(name: name, manifest: $0) }
        }
    }

    /// The bytes of one file of a bundle.
    ///
    /// - Throws: ``Problem`` when the bundle, or the file in its manifest, does not exist.
    package func contents(of file: String, bundle: String, run: String) throws(Problem) -> [UInt8] {
        let manifest = try manifest(of: bundle, run: run)
        guard manifest.parts.contains(where: { $0.file == file }) else {
            throw Problem(description: "bundle \(bundle) of run \(run) has no file '\(file)'")
        }
        return try read(file, bundle: bundle, run: run)
    }

    private func manifest(of bundle: String, run: String) throws(Problem) -> EvidenceManifest {
        let bytes = try read(EvidenceManifest.fileName, bundle: bundle, run: run)
        do {
            return try JSONDecoder().decode(EvidenceManifest.self, from: Data(bytes))
        } catch {
            throw Problem(description: "the manifest of bundle \(bundle) of run \(run) cannot be read: \(error)")
        }
    }

    private func read(_ file: String, bundle: String, run: String) throws(Problem) -> [UInt8] {
        guard Self.isName(bundle), Self.isName(file) else {
            throw Problem(description: "there is no bundle '\(bundle)' with a file '\(file)'")
        }
        let path = try directory(of: run) + "/" + bundle + "/" + file
        do throws(AllowedFiles.Refusal) {
            return try AllowedFiles(directories: [root]).contents(of: path, limit: Self.mostBytes).head
        } catch {
            throw Problem(description: "\(path): \(error)")
        }
    }

    // MARK: - Writing

    /// Writes a bundle.
    ///
    /// - Returns: Its directory.
    func save(_ manifest: EvidenceManifest, _ files: [File]) throws(Problem) -> String {
        let run = try directory(of: manifest.run)
        let name = Self.name(ofStep: manifest.step)
        let (place, draft) = (run + "/" + name, run + "/." + name)
        try make(root)
        try make(run)
        try remove(draft)
        try make(draft)
        for file in files {
            if let name = file.part.file { try store(file.bytes, at: draft + "/" + name) }
        }
        let encoder = JSONEncoder()
        encoder.outputFormatting = [.prettyPrinted, .sortedKeys, .withoutEscapingSlashes]
        let text: Data
        do { text = try encoder.encode(manifest) } catch { throw Problem(description: "\(error)") }
        try store([UInt8](text), at: draft + "/" + EvidenceManifest.fileName)
        try remove(place)
        guard rename(draft, place) == 0 else { throw Self.problem("moving \(draft)") }
        removeSurplus(besides: manifest.run)
        return place
    }

    private func make(_ directory: String) throws(Problem) {
        guard mkdir(directory, 0o700) == 0 || errno == EEXIST else { throw Self.problem("making \(directory)") }
    }

    private func remove(_ directory: String) throws(Problem) {
        guard FileManager.default.fileExists(atPath: directory) else { return }
        do {
            try FileManager.default.removeItem(atPath: directory)
        } catch {
            throw Problem(description: "removing \(directory): \(error.localizedDescription)")
        }
    }

    private func store(_ bytes: [UInt8], at path: String) throws(Problem) {
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw Self.problem("making \(path)") }
        defer { close(descriptor) }
        var rest = bytes[...]
        while !rest.isEmpty {
            let count = rest.withUnsafeBytes { write(descriptor, $0.baseAddress, $0.count) }
            guard count > 0 else {
                if count < 0, errno == EINTR { continue }
                throw Self.problem("writing \(path)")
            }
            rest = rest.dropFirst(count)
        }
        guard fsync(descriptor) == 0 else { throw Self.problem("writing \(path) to disk") }
    }

    // MARK: - Tidying

    /// Removes the bundles of runs that are not among `open` and that were collected long before `time`.
    func tidy(keeping open: Set<String>, before time: Timestamp) {
        SpoolDirectory.removeRuns(in: root, keeping: open, before: time - Self.keptLonger)
    }

    /// Removes the oldest bundles when there are too many.
    private func removeSurplus(besides run: String) {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: root)) ?? []
        guard names.count > Self.mostRuns else { return }
        let dated = names.filter { $0 != run }.compactMap { name -> (name: String, time: Int)? in
            var status = stat()
            guard lstat(root + "/" + name, &status) == 0 else { return nil }
            return (name, status.st_mtim.tv_sec)
        }
        for entry in dated.sorted(by: { $0.time < $1.time }).prefix(names.count - Self.mostRuns) {
            try? FileManager.default.removeItem(atPath: root + "/" + entry.name)
        }
    }

    // MARK: - Names

    private func directory(of run: String) throws(Problem) -> String {
        guard Self.isName(run) else { throw Problem(description: "'\(run)' is no run") }
        return root + "/" + run
    }

    /// Whether `text` can name a file here and cannot lead elsewhere.
    private static func isName(_ text: String) -> Bool {
        !text.isEmpty && !text.hasPrefix(".") && text.utf8.allSatisfy(isPlain)
    }

    private static func isPlain(_ byte: UInt8) -> Bool {
        (UInt8(ascii: "a")...UInt8(ascii: "z")).contains(byte | 0x20) || "-_.".utf8.contains(byte)
            || (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(byte)
    }

    /// Longest name made of a step's path or a file's; a longer one ends with a digest of the whole.
    private static let longestName = 120

    /// A name for the directory of a step, which no other step has: where `_` would not say what it stands for, a digest
    /// does.
    static func name(ofStep path: String) -> String {
        let isPlain = path.utf8.allSatisfy { $0 == UInt8(ascii: "/") || $0 != UInt8(ascii: "_") && Self.isPlain($0) }
        return isPlain ? name(of: path) : name(of: path) + "-" + digest(of: Array(path.utf8)).prefix(16)
    }

    /// A name for a file or directory, made of a text: what is not plain becomes `_`.
    static func name(of text: String) -> String {
        let plain = String(decoding: text.utf8.map { isPlain($0) ? $0 : UInt8(ascii: "_") }, as: UTF8.self)
        let name = plain.hasPrefix(".") ? "_" + plain : plain
        guard name.utf8.count > longestName else { return name.isEmpty ? "_" : name }
        return name.prefix(longestName) + "-" + digest(of: Array(text.utf8)).prefix(16)
    }

    /// SHA-256 in hexadecimal.
    static func digest(of bytes: [UInt8]) -> String {
        SHA256.hash(data: bytes).map { byte in
            let digits = String(byte, radix: 16)
            return digits.count == 1 ? "0" + digits : digits
        }.joined()
    }

    private static func problem(_ what: String) -> Problem {
        Problem(description: "\(what): \(String(cString: strerror(errno)))")
    }
}
