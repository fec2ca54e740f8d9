import AuspexSignals
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

extension DocumentFiles {
    /// The path of a file that a document names: it must lie in the folder of the document or below it, also when links
    /// are followed.
    ///
    /// - Parameters:
    ///   - name: A relative path without `.` and `..`.
    ///   - document: The path of the file in which it is named.
    /// - Throws: ``DocumentError`` when it is none, is not there, or leads elsewhere.
    package static func path(of name: String, beside document: String) throws(DocumentError) -> String {
        let parts = name.split(separator: "/", omittingEmptySubsequences: false)
        guard !name.utf8.contains(0), parts.allSatisfy({ !$0.isEmpty && $0 != "." && $0 != ".." }) else {
            throw DocumentError(
                file: name, "must be a path below the folder of \(document), without '.' and '..', and not absolute")
        }
        let above = (document as NSString).deletingLastPathComponent
        let folder = above.isEmpty ? "." : above
        let path = (folder as NSString).appendingPathComponent(name)
        guard let root = resolved(folder), let file = resolved(path) else {
            throw DocumentError(file: path, "cannot be read: \(String(cString: strerror(errno)))")
        }
        guard file.hasPrefix(root == "/" ? root : root + "/") else {
            throw DocumentError(file: path, "leads out of the folder \(folder), to \(file)")
        }
        return file
    }

    /// The path without links; nil when there is nothing.
    private static func resolved(_ path: String) -> String? {
        guard let text = realpath(path, nil) else { return nil }
        defer { free(text) }
        return String(cString: text)
    }
}
