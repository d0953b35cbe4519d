//! The database itself.

use crate::house::House;

pub(crate) async fn the_first_start_happens_once(house: &House) {
    let store = &house.store;
    assert_eq!(store.first_start().await, Ok(None));
    let widgets = store.widgets().await.unwrap();
    let told: Vec<_> = widgets.iter().map(|widget| (widget.name.as_str(), widget.multi_thread)).collect();
    assert_eq!(told, [("Website", true), ("Website, single thread", false)]);
    assert_eq!(store.queues().await.unwrap()[0].name.as_str(), "General");
    store.check_writable().await.unwrap();
}
