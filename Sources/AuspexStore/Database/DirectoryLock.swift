import Foundation
import Synchronization

#if canImport(Glibc)
    import Glibc
#else
    import Darwin
#endif

/// Holds a data directory for one engine, by `flock` on a file in it. The kernel lets go when the process ends, however
/// it ends.
///
/// A class because the descriptor must be closed exactly once.
package final class DirectoryLock: Sendable {
    private let descriptor: Mutex<Int32?>

    /// Makes the directory if it is missing (mode 0700) and takes it.
    package init(directory: String) throws(StoreError) {
        do {
            try FileManager.default.createDirectory(
                atPath: directory, withIntermediateDirectories: true, attributes: [.posixPermissions: 0o700])
        } catch {
            throw .directory(path: directory, reason: error.localizedDescription)
        }
        let opened = open(directory + "/lock", O_RDWR | O_CREAT | O_CLOEXEC, 0o600)
        guard opened >= 0 else { throw .directory(path: directory, reason: String(cString: strerror(errno))) }
        guard flock(opened, LOCK_EX | LOCK_NB) == 0 else {
            close(opened)
            throw .inUse(path: directory)
        }
        descriptor = Mutex(opened)
    }

    /// Whether the directory could be taken, without making anything: it, or the nearest folder above it that exists, can
    /// be written to.
    package static func check(directory: String) throws(StoreError) {
        var path = URL(filePath: directory).standardizedFileURL
        while !FileManager.default.fileExists(atPath: path.path), path.path != "/" { path.deleteLastPathComponent() }
        var isFolder: ObjCBool = false
        _ = FileManager.default.fileExists(atPath: path.path, isDirectory: &isFolder)
        guard isFolder.boolValue else { throw .directory(path: directory, reason: "\(path.path) is not a directory") }
        guard access(path.path, W_OK) == 0 else {
            throw .directory(path: directory, reason: "\(path.path) cannot be written to")
        }
    }

    /// Lets go of the directory; later calls do nothing.
    package func release() {
        let held = descriptor.withLock { descriptor in
            defer { descriptor = nil }
            return descriptor
        }
        guard let held else { return }
        // Not by closing alone: a program that is being started has a copy of the descriptor until it runs.
        flock(held, LOCK_UN)
        close(held)
    }

    deinit {
        release()
    }
}
