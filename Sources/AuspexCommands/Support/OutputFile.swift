import Foundation

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// A file that the user asked for: looked at before the work begins, so that the work is not lost, and written as results
/// come or at the end.
struct OutputFile {
    /// Links that are followed to their target, one after the other.
    private static let mostLinks = 40

    fileprivate let name: String
    fileprivate let target: String
    fileprivate let isReplaced: Bool
    fileprivate let unfinished: UnfinishedFiles

    /// Looks whether the file can be written.
    ///
    /// - Parameters:
    ///   - path: The file as the user named it.
    ///   - option: The option that names it.
    ///   - unfinished: Knows what is to be taken away when the program is ended.
    /// - Throws: a failure of the input that says what is in the way.
    init(_ path: String, option: String, _ unfinished: UnfinishedFiles) throws {
        self.unfinished = unfinished
        name = "\(option) \(path)"
        target = Self.target(of: path)
        let folder = Self.folder(of: target)
        var status = stat()
        if stat(target, &status) == 0 {
            guard status.st_mode & S_IFMT != S_IFDIR else {
                throw Failure(.input, "\(name): is a folder; name a file in it")
            }
            guard access(target, W_OK) == 0 else { throw Self.failure(name, errno) }
            // What is no file, such as /dev/null or a pipe, must stay what it is.
            isReplaced = status.st_mode & S_IFMT == S_IFREG && access(folder, W_OK) == 0
        } else {
            guard errno == ENOENT else { throw Self.failure(name, errno) }
            guard stat(folder, &status) == 0 else {
                throw Failure(.input, "\(name): the folder \(folder) is not there; make it first")
            }
            guard access(folder, W_OK) == 0 else { throw Self.failure(name, errno) }
            isReplaced = true
        }
    }

    /// Writes the file: whoever reads it finds the old one or all of the new one.
    ///
    /// - Throws: a failure of the input that says what is in the way.
    func write(_ text: String) throws {
        let writer = try OutputWriter(self)
        try writer.write(text)
        try writer.finish()
    }

    fileprivate func failure(_ code: Int32) -> Failure { Self.failure(name, code) }

    private static func failure(_ name: String, _ code: Int32) -> Failure {
        Failure(.input, "\(name): cannot be written: \(String(cString: strerror(code)))")
    }

    /// What a path means once its links are followed, also where nothing is there yet.
    private static func target(of path: String) -> String {
        var target = path
        for _ in 0..<mostLinks {
            guard let next = try? FileManager.default.destinationOfSymbolicLink(atPath: target) else { break }
            target = next.hasPrefix("/") ? next : folder(of: target) + "/" + next
        }
        return target
    }

    private static func folder(of path: String) -> String {
        guard let slash = path.lastIndex(of: "/") else { return "." }
        return slash == path.startIndex ? "/" : String(path[..<slash])
    }
}

/// Writes an ``OutputFile`` piece by piece, beside the old one; until it is finished, the old one stays.
///
/// A class because it owns a file that is taken away when it is not finished.
final class OutputWriter {
    private let file: OutputFile
    private let path: String
    private let descriptor: Int32
    private var isOpen = true

    /// Opens the new file.
    ///
    /// - Throws: a failure of the input that says what is in the way, like the others here.
    init(_ file: OutputFile) throws {
        self.file = file
        let path = file.isReplaced ? "\(file.target).\(getpid()).part" : file.target
        var (descriptor, code) = (Int32(-1), Int32(0))
        let make = {
            descriptor = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0o666)
            code = descriptor < 0 ? errno : 0
            return descriptor >= 0
        }
        // A pipe waits for its reader; nothing is to be taken away there, and nobody may wait for it.
        if file.isReplaced { file.unfinished.begin(path, make) } else { _ = make() }
        (self.path, self.descriptor) = (path, descriptor)
        guard code == 0 else {
            isOpen = false
            throw file.failure(code)
        }
    }

    deinit {
        guard isOpen else { return }
        close(descriptor)
        if file.isReplaced { file.unfinished.end(path) { unlink(path) } }
    }

    /// Adds text.
    func write(_ text: String) throws {
        let code = writeAll(Array(text.utf8), to: descriptor)
        guard code == 0 else { throw file.failure(code) }
    }

    /// Puts the new file in the place of the old one.
    func finish() throws {
        var old = stat()
        if file.isReplaced, stat(file.target, &old) == 0 { fchmod(descriptor, old.st_mode & 0o7777) }
        isOpen = false
        var code = close(descriptor) == 0 ? 0 : errno
        if file.isReplaced {
            file.unfinished.end(path) {
                if code == 0, rename(path, file.target) != 0 { code = errno }
                if code != 0 { unlink(path) }
            }
        }
        guard code == 0 else { throw file.failure(code) }
    }
}
