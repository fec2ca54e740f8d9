import AuspexEngine
import AuspexSignals
import AuspexWire

/// Files that were read and are not where they were.
extension LogFiles {
    /// How far a file was read is forgotten when the file has not been found for so long.
    static let lostTime = TimeSpan.hours(30 * 24)

    /// The mark of a file that has been read before, under this name or another.
    func lostMark(of file: FileOnDisk, at path: String) throws(FileOnDisk.Unreadable) -> FileMark? {
        let folder = FileMark.folder(of: path)
        for mark in lost.values where mark.inode == file.identity.inode {
            // On another device only in the same folder, and not when the file that was read is still there.
            let isHere = mark.device == file.identity.device
            guard isHere || (FileMark.folder(of: mark.path) == folder && !isInPlace(mark)) else { continue }
            if try mark.isOf(file) { return mark }
        }
        return nil
    }

    private func isInPlace(_ mark: FileMark) -> Bool { FileOnDisk.identity(ofPath: mark.path) == mark.identity }

    /// Takes up files that have been renamed since they were read, and forgets those in whose place another file is, or that
    /// have not been found for long. Those that cannot be read at the moment, as when a file system is not mounted yet, keep
    /// their marks.
    func findLost(_ now: Timestamp) {
        let isFirst = !hasLooked
        hasLooked = true
        var folders: [Substring: [UInt64: String]] = [:]
        for (name, mark) in lost.sorted(by: { $0.key < $1.key }) {
            let there = FileOnDisk.identity(ofPath: mark.path)
            if let entry = entry(for: mark.path), isFirst || there != nil {
                if let there, there.inode == mark.inode {
                    // When it is followed, then as another file; else it cannot be opened.
                    if files[there] != nil { forget(name) }
                } else {
                    let folder = FileMark.folder(of: mark.path)
                    let inodes = folders[folder] ?? Self.inodes(in: folder)
                    folders[folder] = inodes
                    let isGone = !find(mark, at: inodes[mark.inode], entry, now)
                    if isGone, there != nil { forget(name) }
                }
            }
            guard let mark = lost[name] else { continue }
            if now - (mark.lostAt ?? now) >= Self.lostTime { forget(name) } else { lose(mark, now) }
        }
    }

    /// Takes up the file of a mark under another name.
    ///
    /// - Returns: whether that is the mark's file, as far as can be told.
    private func find(
        _ mark: FileMark, at path: String?, _ entry: EngineConfiguration.Files, _ now: Timestamp
    ) -> Bool {
        guard let path, files.count < Self.mostFiles else { return path != nil }
        do throws(FileOnDisk.Unreadable) {
            let file = try FileOnDisk(path: path)
            guard files[file.identity] == nil, try mark.isOf(file) else { return false }
            try takeUp(file, path, entry, mark, now)
            return true
        } catch {
            return true
        }
    }

    private static func inodes(in folder: Substring) -> [UInt64: String] {
        let found = FileOnDisk.paths(matching: folder + "*").compactMap { path in
            FileOnDisk.identity(ofPath: path).map { ($0.inode, path) }
        }
        return Dictionary(found) { first, _ in first }
    }

    /// Keeps the mark of a file that is not followed.
    func lose(_ mark: FileMark, _ now: Timestamp) {
        let name = FileMark.name(mark.identity)
        var mark = mark
        mark.lostAt = mark.lostAt ?? now
        lost[name] = mark
        if let text = try? mark.text, stored?[name] != text { change(name, to: text) }
    }

    func forget(_ name: String) {
        lost[name] = nil
        remove(name)
    }
}
