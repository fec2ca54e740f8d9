import Foundation

/// Where the history of a repository is kept between questions, so that the next one reads only what is new.
///
/// What is kept is a file that can be deleted at any time. One that is damaged, of another version or of another
/// repository is put aside, and a new one is begun.
package enum HistoryCache: Hashable, Sendable {
    /// The file `auspex-history` in the repository's own git directory.
    case repository
    /// A file in this directory, named after the repository's first commit.
    case directory(String)

    private static let name = "auspex-history"
    /// Of the first commit's name so many digits are enough to tell repositories apart; another's history is noticed.
    private static let digits = 16

    /// The file for the main line up to `commit`.
    func path(in repository: GitRepository, upTo commit: String) async throws(GitError) -> String {
        switch self {
        case .repository:
            let place = try await repository.line(["rev-parse", "--git-common-dir"])
            let base = URL(filePath: repository.directory, directoryHint: .isDirectory)
            return URL(filePath: place, directoryHint: .isDirectory, relativeTo: base)
                .appending(path: Self.name).path(percentEncoded: false)
        case .directory(let directory):
            let root = try await repository.root(of: commit)
            return directory + "/\(Self.name)-\(root.prefix(Self.digits))"
        }
    }
}

/// A file with a kept history.
struct HistoryFile: Sendable {
    let path: String

    /// What the file holds; nil when there is none.
    ///
    /// - Parameter note: Is told why a file that is there cannot be used.
    func read(_ note: (String) -> Void) -> KeptHistory? {
        guard FileManager.default.fileExists(atPath: path) else { return nil }
        do {
            let size = try FileManager.default.attributesOfItem(atPath: path)[.size] as? Int ?? .max
            guard size <= KeptHistory.mostBytes else { throw HistoryReader.Damaged() }
            return try KeptHistory(bytes: [UInt8](try Data(contentsOf: URL(filePath: path))))
        } catch is HistoryReader.Damaged {
            note("the kept history in \(path) is damaged or of another version and is begun anew")
        } catch {
            note("the kept history in \(path) cannot be read: \(error.localizedDescription)")
        }
        return nil
    }

    /// Puts the history in the file's place, whole or not at all.
    ///
    /// - Parameter note: Is told why that was not possible.
    func write(_ history: KeptHistory, _ note: (String) -> Void) {
        let bytes = history.bytes
        guard bytes.count <= KeptHistory.mostBytes else {
            note("the history is not kept: it has more than \(KeptHistory.mostBytes >> 20) MiB")
            return
        }
        let file = URL(filePath: path)
        do {
            try FileManager.default.createDirectory(
                at: file.deletingLastPathComponent(), withIntermediateDirectories: true)
            try Data(bytes).write(to: file, options: .atomic)
        } catch {
            note("the history cannot be kept in \(path): \(error.localizedDescription)")
        }
    }
}
