import AuspexSignals
import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Reads documents from files and folders.
package enum DocumentFiles {
    /// The endings of the files that a folder is searched for.
    static let endings = ["yaml", "yml"]
    /// Folders inside one another; deeper ones are a mistake or a loop.
    static let deepestFolder = 16

    /// The documents of all `paths`: files are read as they are named, folders are searched for `.yaml` and `.yml` files,
    /// also in their folders, in order of their paths. What begins with a dot is left out, links to folders are not
    /// followed.
    ///
    /// A folder or file that everybody may write to is refused: whoever can write a rule or a runbook decides what runs.
    ///
    /// - Parameters:
    ///   - paths: Files and folders as the user named them.
    ///   - skip: Says of a folder found below a named one, by its path from there, whether to leave it out.
    ///   - limits: Bounds for each file.
    /// - Throws: ``DocumentError`` with the mistakes of all files.
    package static func documents(
        at paths: [String], skippingFolders skip: (String) -> Bool = { _ in false },
        limits: DocumentLimits = DocumentLimits()
    ) throws(DocumentError) -> [Document] {
        let collector = DiagnosticCollector()
        var files: [String] = []
        for path in paths {
            do throws(DocumentError) {
                files += try isFolder(path) ? self.files(inFolder: path, below: "", depth: 0, skip: skip) : [path]
            } catch {
                collector.report(error.diagnostics)
            }
        }
        var documents: [Document] = []
        for file in files {
            do throws(DocumentError) {
                documents += try DocumentParser.documents(
                    in: try text(ofFile: file, limits), file: file, limits: limits)
            } catch {
                collector.report(error.diagnostics)
            }
        }
        try collector.check()
        return documents
    }

    /// The text of one file, which must be UTF-8, within the limits and not writable by everybody.
    package static func text(
        ofFile path: String, _ limits: DocumentLimits = DocumentLimits()
    ) throws(DocumentError) -> String {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC | O_NONBLOCK)
        guard descriptor >= 0 else { throw DocumentError(file: path, "cannot be read: \(reason())") }
        defer { close(descriptor) }
        var status = stat()
        guard fstat(descriptor, &status) == 0 else { throw DocumentError(file: path, "cannot be read: \(reason())") }
        guard status.st_mode & S_IFMT == S_IFREG else { throw DocumentError(file: path, "is not a file") }
        try refuseWorldWritable(status, path)
        let (data, isComplete) = bytes(of: descriptor, atMost: limits.bytes)
        guard let data else { throw DocumentError(file: path, "cannot be read: \(reason())") }
        guard isComplete else {
            throw DocumentError(file: path, "\(status.st_size) bytes; a document may have \(limits.bytes)")
        }
        guard let text = String(validating: data, as: UTF8.self) else {
            throw DocumentError(file: path, "is not UTF-8 text; save it as UTF-8")
        }
        return text
    }

    /// At most `limit` bytes, nil after an error, and whether the file ended there.
    private static func bytes(of descriptor: Int32, atMost limit: Int) -> ([UInt8]?, isComplete: Bool) {
        let blockSize = 65_536
        var data: [UInt8] = []
        var block = [UInt8](repeating: 0, count: blockSize)
        while data.count <= limit {
            let count = read(descriptor, &block, blockSize)
            if count == 0 { return (data, true) }
            if count < 0 {
                if errno == EINTR { continue }
                return (nil, false)
            }
            data += block.prefix(count)
        }
        return (data, false)
    }

    private static func files(
        inFolder folder: String, below: String, depth: Int, skip: (String) -> Bool
    ) throws(DocumentError) -> [String] {
        guard depth <= deepestFolder else {
            throw DocumentError(file: folder, "folders nested more than \(deepestFolder) deep")
        }
        var status = stat()
        guard stat(folder, &status) == 0 else { throw DocumentError(file: folder, "cannot be read: \(reason())") }
        try refuseWorldWritable(status, folder)
        let names: [String]
        do {
            names = try FileManager.default.contentsOfDirectory(atPath: folder)
        } catch {
            throw DocumentError(file: folder, "cannot be read: \(reason())")
        }
        var files: [String] = []
        for name in names.sorted() where !name.hasPrefix(".") {
            let path = folder.hasSuffix("/") ? folder + name : folder + "/" + name
            let inner = below.isEmpty ? name : below + "/" + name
            if isFolder(path, followingLinks: false) {
                if !skip(inner) { files += try self.files(inFolder: path, below: inner, depth: depth + 1, skip: skip) }
            } else if endings.contains(where: { name.hasSuffix("." + $0) }) {
                files.append(path)
            }
        }
        return files
    }

    private static func isFolder(_ path: String, followingLinks: Bool = true) -> Bool {
        var status = stat()
        let result = followingLinks ? stat(path, &status) : lstat(path, &status)
        return result == 0 && status.st_mode & S_IFMT == S_IFDIR
    }

    private static func refuseWorldWritable(_ status: stat, _ path: String) throws(DocumentError) {
        guard status.st_mode & S_IWOTH == 0 else {
            throw DocumentError(file: path, "may be written by everybody; take that away with chmod o-w")
        }
    }

    private static func reason() -> String { String(cString: strerror(errno)) }
}
