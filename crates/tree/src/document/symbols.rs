//! The keys of one document, each kept once.

use super::Symbol;
use hashbrown::HashTable;
use std::hash::BuildHasher;

const CACHE: usize = 4096;

/// Interned strings. A direct-mapped cache in front of the table takes nearly every look-up while
/// parsing: keys repeat in runs.
#[derive(Debug)]
pub struct Symbols {
    bytes: String,
    spans: Vec<(u32, u32)>,
    table: HashTable<u32>,
    cache: Vec<u32>,
}

impl Default for Symbols {
    fn default() -> Self {
        Self { bytes: String::new(), spans: Vec::new(), table: HashTable::new(), cache: Vec::new() }
    }
}

fn hasher() -> foldhash::fast::FixedState {
    foldhash::fast::FixedState::with_seed(7)
}

/// The hash under which every document files a key; computed once for keys known beforehand.
#[must_use]
pub fn hash_key(key: &str) -> u64 {
    hasher().hash_one(key.as_bytes())
}

impl Symbols {
    /// The key's text.
    #[inline]
    #[must_use]
    pub fn get(&self, symbol: Symbol) -> &str {
        let (start, end) = self.spans[symbol.0 as usize];
        &self.bytes[start as usize..end as usize]
    }

    /// Number of distinct keys.
    #[must_use]
    pub fn len(&self) -> usize {
        self.spans.len()
    }

    /// True if no key was interned.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.spans.is_empty()
    }

    /// The symbol of a key, if the document has that key anywhere.
    #[must_use]
    pub fn lookup(&self, key: &str) -> Option<Symbol> {
        self.lookup_hashed(hash_key(key), key)
    }

    /// [`lookup`](Self::lookup) with the hash of [`hash_key`] already at hand.
    #[must_use]
    pub fn lookup_hashed(&self, hash: u64, key: &str) -> Option<Symbol> {
        self.table.find(hash, |&s| self.get(Symbol(s)) == key).map(|&s| Symbol(s))
    }

    #[inline]
    pub(crate) fn intern(&mut self, key: &str) -> Symbol {
        let slot = cache_slot(key.as_bytes());
        if let Some(&cached) = self.cache.get(slot)
            && cached != u32::MAX
            && self.get(Symbol(cached)) == key
        {
            return Symbol(cached);
        }
        let symbol = self.intern_cold(key);
        if self.cache.is_empty() {
            self.cache = vec![u32::MAX; CACHE];
        }
        self.cache[slot] = symbol.0;
        symbol
    }

    fn intern_cold(&mut self, key: &str) -> Symbol {
        let hash = hash_key(key);
        if let Some(found) = self.lookup_hashed(hash, key) {
            return found;
        }
        let start = self.bytes.len() as u32;
        self.bytes.push_str(key);
        let symbol = self.spans.len() as u32;
        self.spans.push((start, self.bytes.len() as u32));
        let (spans, bytes) = (&self.spans, &self.bytes);
        self.table.insert_unique(hash, symbol, |&other| {
            let (start, end) = spans[other as usize];
            hash_key(&bytes[start as usize..end as usize])
        });
        Symbol(symbol)
    }

    /// Parsing is over: give the cache and spare capacity back.
    pub(crate) fn freeze(&mut self) {
        self.cache = Vec::new();
        self.bytes.shrink_to_fit();
        self.spans.shrink_to_fit();
    }
}

/// A cheap hash of the first and last eight bytes and the length.
#[inline]
fn cache_slot(key: &[u8]) -> usize {
    let word = if let (Some(first), Some(last)) = (key.first_chunk::<8>(), key.last_chunk::<8>()) {
        u64::from_le_bytes(*first) ^ u64::from_le_bytes(*last).rotate_left(29)
    } else {
        let mut short = [0; 8];
        short[..key.len()].copy_from_slice(key);
        u64::from_le_bytes(short)
    };
    ((word ^ key.len() as u64).wrapping_mul(0x9E37_79B9_7F4A_7C15) >> 52) as usize % CACHE
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn equal_keys_share_a_symbol() {
        let mut symbols = Symbols::default();
        let keys: Vec<String> = (0..10_000).map(|n| format!("key-{n}")).collect();
        let first: Vec<_> = keys.iter().map(|k| symbols.intern(k)).collect();
        let second: Vec<_> = keys.iter().map(|k| symbols.intern(k)).collect();
        assert_eq!(first, second);
        assert_eq!(symbols.get(first[77]), "key-77");
        assert_eq!(symbols.lookup("key-9999"), Some(first[9999]));
        assert_eq!(symbols.lookup("absent"), None);
    }
}
