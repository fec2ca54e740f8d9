import AuspexActions
import AuspexSignals
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// What lies in a data directory: names, sizes, rights and ages, no contents.
enum DirectoryListing {
    /// Entries that are told.
    private static let mostEntries = 200

    /// The listing; a directory in it with the number of its entries.
    ///
    /// - Parameter secretFiles: Files of which not even the names are told.
    static func json(of directory: String, without secretFiles: [String]) -> JSONValue {
        let names = (try? FileManager.default.contentsOfDirectory(atPath: directory)) ?? []
        var entries: [JSONValue] = []
        for name in names.sorted().prefix(mostEntries) {
            var status = stat()
            guard lstat(directory + "/" + name, &status) == 0 else { continue }
            if FileIdentity(ofFileAt: directory + "/" + name)?.isAny(of: secretFiles) ?? false { continue }
            var entry: [String: JSONValue] = [
                "name": .string(name), "mode": .string(String(status.st_mode & 0o7777, radix: 8)),
                "owner": .int(Int64(status.st_uid)), "bytes": .int(Int64(status.st_size)),
                "changed": .string(Timestamp(milliseconds: Int64(status.st_mtim.tv_sec) * 1_000).iso8601),
            ]
            if status.st_mode & S_IFMT == S_IFDIR {
                let inner = try? FileManager.default.contentsOfDirectory(atPath: directory + "/" + name)
                entry["entries"] = .int(Int64(inner?.count ?? 0))
            }
            entries.append(.object(entry))
        }
        return .object(["count": .int(Int64(names.count)), "entries": .array(entries)])
    }
}
