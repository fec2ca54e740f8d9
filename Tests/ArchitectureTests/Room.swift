/// What each target may import: the direction in which things flow, written down once.
///
/// Foundation, the C library and Synchronization are free to all; everything else is listed.
enum Room {
    /// Modules of the platform that every target may use.
    static let platform: Set<String> = ["Foundation", "Glibc", "Darwin", "Synchronization", "Dispatch", "System"]

    /// The modules that each target may import besides the platform's.
    static let allowed: [String: Set<String>] = [
        "AuspexSignals": [],
        "AuspexDocuments": ["AuspexSignals", "Yams"],
        "AuspexNumerics": ["COpenBLAS", "CKissFFT", "CAuspexKernels"],
        "AuspexPatterns": ["CRE2"],
        "AuspexExpressions": ["AuspexSignals", "AuspexPatterns", "CRE2"],
        "AuspexWire": ["AuspexSignals", "CSnappy", "CZlib", "Crypto"],
        "AuspexDetection": ["AuspexSignals", "AuspexNumerics"],
        "AuspexLogs": ["AuspexSignals", "AuspexNumerics", "AuspexPatterns"],
        "AuspexEvaluation": ["AuspexSignals", "AuspexNumerics", "AuspexDetection", "AuspexLogs", "AuspexWire"],
        "AuspexRules": ["AuspexSignals", "AuspexDocuments", "AuspexExpressions", "AuspexPatterns"],
        "AuspexChanges": ["AuspexSignals", "AuspexDocuments", "AuspexNumerics", "Subprocess", "SystemPackage"],
        "AuspexRunbooks": [
            "AuspexSignals", "AuspexDocuments", "AuspexExpressions", "AuspexPatterns", "Crypto",
        ],
        "AuspexActions": [
            "AuspexSignals", "AuspexExpressions", "AuspexRunbooks", "AsyncHTTPClient", "Crypto", "CryptoExtras",
            "NIOCore", "NIOHTTP1", "NIOPosix", "NIOSSL", "Subprocess", "SystemPackage",
        ],
        "AuspexExec": [],
        "AuspexExternal": ["AuspexSignals", "AuspexDetection"],
        "AuspexStore": ["AuspexSignals", "AuspexRules", "AuspexChanges", "AuspexRunbooks", "Crypto", "GRDB"],
        "AuspexEngine": [
            "AuspexSignals", "AuspexDocuments", "AuspexDetection", "AuspexLogs", "AuspexRules", "AuspexChanges",
            "AuspexRunbooks", "AuspexActions", "AuspexStore", "AuspexExpressions", "Crypto", "Logging",
            "ServiceLifecycle",
        ],
        "AuspexServer": [
            "AuspexSignals", "AuspexEngine", "AuspexWire", "AuspexDetection", "AuspexLogs", "AuspexRules",
            "AuspexChanges", "AuspexRunbooks", "AuspexStore", "AuspexDocuments", "HTTPTypes", "Hummingbird", "Logging",
            "NIOCore",
            "HummingbirdCore", "NIOPosix", "ServiceLifecycle",
        ],
        "Auspex": ["AuspexSignals", "AuspexDetection", "AuspexLogs", "AuspexEvaluation"],
        "AuspexCLI": ["AuspexCommands"],
        "ExampleDetector": ["Auspex", "AuspexCommands"],
        "AuspexTesting": ["AuspexSignals", "AuspexDetection", "Testing"],
        "AuspexRunbookTesting": ["AuspexSignals", "AuspexRunbooks"],
    ]

    /// The commands sit on top and may see every room.
    static let top = "AuspexCommands"
}
