document.title = 'Beckon';
