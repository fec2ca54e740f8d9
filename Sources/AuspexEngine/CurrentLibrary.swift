import Synchronization

/// The rules and runbooks in force, which a reload replaces while others read them.
///
/// A class because all who ask must see the same ones.
final class CurrentLibrary: Sendable {
    private let library: Mutex<Library>

    init(_ library: Library) {
        self.library = Mutex(library)
    }

    /// The rules and runbooks in force.
    var value: Library {
        get { library.withLock { $0 } }
        set { library.withLock { $0 = newValue } }
    }
}
